import Genome
import Host
import Store
import Wire

/// Decisions that reach the journal and the index, from one lane and from many at once, beside
/// the syncs that the disk does: what is above them is what callers share.
struct JournalBench {
    /// Seconds of a row unless asked otherwise.
    static let secondsDefault = 3
    private static let lanes = [1, 16]

    let seconds: Int

    func run(_ report: Report) throws(Failure) -> [BenchRow] {
        let folder = try BenchFolder(megabytes: 1, report)
        let service = try Access.service("\(folder.path)/home")
        var rows: [BenchRow] = []
        for lanes in Self.lanes {
            let before = try syncs(folder)
            let figure = try events(service.library, lanes: lanes)
            let disk = (before + (try syncs(folder))) / 2
            rows.append(
                BenchRow(
                    name: "events of \(lanes) lanes, in journal and index", figure: figure,
                    unit: "1/s", against: "the disk's syncs of 512 bytes, \(Int(disk))/s",
                    ratio: figure / disk))
        }
        try inStore { () throws(StoreError) in try service.library.close() }
        return rows
    }

    /// Events a second: each makes a key trusted, or no longer, and is durable when it counts.
    private func events(_ library: Library, lanes: Int) throws(Failure) -> Double {
        let end = Clock.monotonic() + UInt64(seconds) * 1_000_000_000
        let counts = Lock(0)
        let fault = Lock<StoreError?>(nil)
        let begun = Clock.monotonic()
        do throws(SystemError) {
            var threads: [Thread] = []
            for lane in 0..<lanes {
                threads.append(
                    try Thread("bench") {
                        let hash = Blake3.hash(Array("bench lane \(lane)".utf8))
                        guard let key = NodeKey(bytes: hash.bytes) else { return }
                        var count = 0
                        while Clock.monotonic() < end {
                            do throws(StoreError) {
                                try library.setTrust(key, isTrusted: count % 2 == 0)
                                count += 1
                            } catch {
                                fault.withLock { $0 = error }
                                break
                            }
                        }
                        counts.withLock { $0 += count }
                    })
            }
            for thread in threads { thread.join() }
        } catch {
            throw Failure(.internal, "\(error)")
        }
        if let fault = fault.withLock({ $0 }) { throw Failure(fault) }
        let time = Double(Clock.monotonic() - begun) / 1e9
        return Double(counts.withLock { $0 }) / time
    }

    /// Durable writes of 512 bytes a second, one behind the other.
    private func syncs(_ folder: BenchFolder) throws(Failure) -> Double {
        do throws(SystemError) {
            let file = try File("\(folder.path)/syncs", .create)
            let bytes = [UInt8](repeating: 1, count: 512)
            var count: UInt64 = 0
            let begun = Clock.monotonic()
            while Clock.monotonic() - begun < 1_000_000_000 {
                try file.write(bytes, offset: count * 512)
                try file.syncData()
                count += 1
            }
            return Double(count) * 1e9 / Double(Clock.monotonic() - begun)
        } catch {
            throw Failure(.internal, "\(error)")
        }
    }
}
