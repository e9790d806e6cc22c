import Genome
import Host
import Store
import Swarm
import Wire

/// Looks after the store of a running node, on a thread that lets others go first: collects what
/// nobody needs, notes which layers are used, reads everything again within a month and has what
/// is damaged fetched anew.
final class StoreKeeper: Sendable {
    /// Milliseconds between two looks.
    private static let pause: UInt64 = 1_000
    /// Nanoseconds between collections: what waits for one has waited for a day already.
    private static let collectionPause: UInt64 = 600_000_000_000
    /// Nanoseconds between notes of use.
    private static let usePause: UInt64 = 60_000_000_000
    /// Nanoseconds before blobs that rested long enough are looked for again where there were none:
    /// the question reads the whole table.
    private static let compactionPause: UInt64 = 60_000_000_000
    /// Nanoseconds after which a layer that could not be healed is tried again.
    private static let healPause: UInt64 = 300_000_000_000
    /// Fetches for healing at a time.
    private static let healingMax = 2

    private struct State {
        var isRunning = true
        var healing: [Digest: UInt64] = [:]
        var thread: Thread?
    }

    private let library: Library
    private let loop: NodeLoop
    private let port: StorePort
    /// Bytes of memory for parts of groups.
    var partBytes: Int { port.shelf.bytes }
    private let log: @Sendable (String) -> Void
    private let state = Lock(State())

    init(
        loop: NodeLoop, port: StorePort, log: @escaping @Sendable (String) -> Void
    ) {
        library = port.library
        self.loop = loop
        self.port = port
        self.log = log
    }

    /// Begins.
    func start() throws(SystemError) {
        library.onEviction { [port, loop, log] eviction in
            port.forgetReaders()
            for layer in eviction.layers {
                loop.post(.input(.layerRemoved(layer.id)))
                log(
                    "\(layer.name)@\(layer.version) (\(layer.id.hexadecimal.prefix(8))) gave way: "
                        + "\(Sizes.text(eviction.bytes)) were needed; plasmid pin keeps a layer")
            }
        }
        let thread = try Thread("keeper") { [self] in
            Thread.letOthersFirst()
            run()
        }
        state.withLock { $0.thread = thread }
    }

    /// Ends, and waits until it has.
    func close() {
        let thread = state.withLock { state in
            state.isRunning = false
            defer { state.thread = nil }
            return state.thread
        }
        thread?.join()
        noteUse()
    }

    private var isRunning: Bool { state.withLock { $0.isRunning } }

    private func run() {
        var nextCollection = Clock.monotonic()
        var nextUse = Clock.monotonic() + Self.usePause
        var nextCompaction = Clock.monotonic()
        while isRunning {
            let now = Clock.monotonic()
            if now >= nextCollection {
                nextCollection = now + Self.collectionPause
                collect()
            }
            if now >= nextUse {
                nextUse = now + Self.usePause
                noteUse()
                try? library.index.writeBackIfLong()
            }
            try? port.catalogue.writeBackIfLong()
            scrub()
            heal()
            if now >= nextCompaction, !compact() { nextCompaction = now + Self.compactionPause }
            Semaphore().wait(milliseconds: Self.pause)
        }
    }

    private func collect() {
        guard let done = try? library.collect(), done.blobs > 0 else { return }
        port.forgetReaders()
        log("removed \(done.blobs) blobs that nothing needs: \(Sizes.text(done.bytes))")
    }

    private func noteUse() {
        let used = port.takeUsed()
        if used.isEmpty { return }
        try? library.index.noteUse(of: used, now: Clock.wallMilliseconds())
    }

    // MARK: Compacting

    /// Codes the largest blob that rested long enough, where the owner wants that. False: there was
    /// none.
    private func compact() -> Bool {
        guard
            let idle = (try? library.index.policy(Service.compactPolicy))
                .flatMap({ $0 }).flatMap({ UInt64($0) }), port.transferCount == 0
        else { return true }
        guard let entry = try? library.codable(idle: idle, now: Clock.wallMilliseconds()).first
        else { return false }
        do throws(StoreError) {
            let done = try library.code(entry.id) { (_) throws(StoreError) in
                guard isRunning else { throw .refused("the node ends") }
            }
            guard let done else { return true }
            port.forgetReaders()
            log(
                "blob \(done.blob.hexadecimal.prefix(16)) rests in \(Sizes.text(done.after)) "
                    + "instead of \(Sizes.text(done.before))")
        } catch {
            if isRunning { log("blob \(entry.id.hexadecimal.prefix(16)) stays plain: \(error)") }
        }
        return true
    }

    // MARK: Scrubbing

    private func scrub() {
        guard let rate = try? library.scrubRate(), rate > 0 else { return }
        let due = try? library.dueForScrub(now: Clock.wallMilliseconds())
        guard let due else { return }
        var pacer = Pacer(bytesPerSecond: rate)
        let result = try? library.scrub(due.id) { count in
            Semaphore().wait(milliseconds: pacer.pause(after: count))
            return isRunning
        }
        if let result, !result.isSound { tell(result) }
    }

    private func tell(_ result: ScrubResult) {
        port.forgetReaders()
        let groups = HashTree.groupCount(size: result.size)
        log(
            "blob \(result.blob.hexadecimal.prefix(16)) is damaged: \(result.damaged.count) of "
                + "\(groups) groups are set aside and fetched anew; check the disk")
    }

    // MARK: Healing

    /// Fetches what a layer lacks here from whoever has it.
    private func heal() {
        guard let layers = try? library.damagedLayers() else { return }
        let now = Clock.monotonic()
        let due = state.withLock { state in
            state.healing = state.healing.filter { layers.contains($0.key) }
            let isUnderWay = state.healing.values.count { $0 == .max }
            let free = max(0, Self.healingMax - isUnderWay)
            let due = layers.filter { state.healing[$0] ?? 0 <= now }.prefix(free)
            for layer in due { state.healing[layer] = .max }
            return Array(due)
        }
        for layer in due {
            loop.post(
                .fetch(FetchRequest(repairing: layer)) { [self] _, status in
                    guard status.phase.isEnd else { return }
                    state.withLock { $0.healing[layer] = Clock.monotonic() + Self.healPause }
                    guard status.phase == .done else { return }
                    library.noteHealed()
                    log("layer \(layer.hexadecimal.prefix(16)) is whole again")
                })
        }
    }
}

/// Spreads reading over time.
struct Pacer {
    private let bytesPerSecond: UInt64
    private let begin = Clock.monotonic()
    private var bytes: UInt64 = 0

    /// At most `bytesPerSecond` (more than 0) from now on.
    init(bytesPerSecond: UInt64) {
        precondition(bytesPerSecond > 0)
        self.bytesPerSecond = bytesPerSecond
    }

    /// Milliseconds to wait after `count` more bytes; at most a second, so that whoever waits can
    /// be ended.
    mutating func pause(after count: Int) -> UInt64 {
        bytes += UInt64(count)
        let due = Double(bytes) / Double(bytesPerSecond) * 1000
        let elapsed = Double(Clock.monotonic() - begin) / 1e6
        return due > elapsed ? UInt64(min(1000, due - elapsed)) : 0
    }
}
