import CLinux
import Glibc

/// Threads that share short pieces of numeric work with their caller.
///
/// Work is cut into chunks that do not depend on who does them. Unchecked because the body runs on
/// several threads at once although it is an ordinary closure: it may write only what its chunk
/// owns, as every kernel call in `Learn` does.
public final class Team: @unchecked Sendable {
    /// Most lanes of a team: beyond it the memory bus is the limit on any machine we know.
    public static let lanesMax = 256

    /// As many lanes as cores, as far as a team goes.
    public static var lanesDefault: Int { min(Machine.coreCount, lanesMax) }

    /// Number of threads that work, the caller's among them.
    public let lanes: Int
    private let team: OpaquePointer

    /// A team of `lanes` lanes.
    public init(lanes: Int) throws(SystemError) {
        precondition((1...Self.lanesMax).contains(lanes))
        guard let team = plasmid_team_create(Int32(lanes)) else {
            throw .last("pthread_create", "a team of \(lanes) threads")
        }
        self.team = team
        self.lanes = lanes
    }

    deinit { plasmid_team_destroy(team) }

    /// Calls `body(lane, chunk)` once for each chunk and returns when all are done. Only one
    /// thread may call this at a time.
    public func run(_ chunks: Int, _ body: (_ lane: Int, _ chunk: Int) -> Void) {
        precondition(chunks <= Int(Int32.max))
        withoutActuallyEscaping(body) { body in
            var work = Work(body: body)
            withUnsafeMutablePointer(to: &work) { pointer in
                plasmid_team_run(
                    team, Int32(chunks),
                    { context, lane, chunk in
                        guard let context else { return }
                        let work = context.assumingMemoryBound(to: Work.self)
                        work.pointee.body(Int(lane), Int(chunk))
                    }, pointer)
            }
        }
    }

    private struct Work {
        let body: (Int, Int) -> Void
    }
}
