import CKernels
import Host

/// What this machine can do at most, measured beside an engine.
public final class SpeedLimits {
    private let team: Team

    /// Measures with `threads` threads.
    public init(threads: Int) throws(LearnError) {
        do throws(SystemError) {
            team = try Team(lanes: threads)
        } catch {
            throw .request(.setting(name: "threads", allowed: "fewer: \(error.reason)"))
        }
    }

    /// Operations of one measurement of multiplications; 0 where there are no vector units.
    public func multiply(_ profile: Profile) -> Double {
        var done = [Double](repeating: 0, count: team.lanes)
        done.withUnsafeMutableBufferPointer { done in
            guard let start = done.baseAddress else { return }
            // One chunk for each lane: a lane that is late would be measured, not hidden.
            team.run(team.lanes) { _, chunk in
                start[chunk] = plasmid_limit_multiply(profile.code, 1_000_000)
            }
        }
        return done.reduce(0, +)
    }

    /// Reads a model's weights once, on all threads; the number of bytes.
    public func read(_ model: Model) -> UInt64 {
        var bytes: UInt64 = 0
        model.tensors.eachFile { start, count in
            let piece = 1 << 20
            team.run((count + piece - 1) / piece) { _, chunk in
                let first = chunk * piece
                _ = plasmid_limit_read(start + first, min(piece, count - first))
            }
            bytes += UInt64(count)
        }
        return bytes
    }
}
