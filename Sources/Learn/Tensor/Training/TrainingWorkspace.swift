import Host

/// The buffers of forward and backward passes, for one number of rows.
final class TrainingWorkspace {
    /// The stream before each block, and after the last, [rows, width] each.
    let hiddens: [Rows]
    /// Gradient of the stream.
    let hiddenGradient: Rows
    /// Gradient of a normalised input.
    let normedGradient: Rows
    /// Gradients of the inner products; the first also holds that of their activation.
    let innerGradients: [Rows]
    /// Activation of the second half.
    let activated: Rows
    /// Gradients of queries, keys and values side by side.
    let inputGradient: Rows
    /// Gradient of attention's output.
    let mixedGradient: Rows
    /// What dropout leaves of the inputs of modules that run together.
    let dropped: [Rows]
    private let records: [BlockRecord]
    private let memory: Memory
    private let cacheMemory: Memory
    private let architecture: Architecture
    private let profile: Profile

    init(
        _ need: TrainingMemory.Need, _ choice: TrainingMemory
    ) throws(LearnError) {
        let a = need.architecture
        architecture = a
        profile = need.profile
        let rows = choice.rows
        let innerCount = Self.innerCount(a)
        let widths = Self.widths(need)
        var arena = try Arena(
            bytes: widths.reduce(0) { $0 + Arena.rounded(rows * $1 * 4) })
        let made = widths.map { arena.rows(rows, width: $0) }
        hiddens = Array(made[...a.blocks])
        hiddenGradient = made[a.blocks + 1]
        normedGradient = made[a.blocks + 2]
        let rest = made.dropFirst(a.blocks + 3)
        innerGradients = Array(rest.prefix(innerCount))
        let others = Array(rest.dropFirst(innerCount))
        activated = others[0]
        inputGradient = others[1]
        mixedGradient = others[2]
        dropped = Array(others.dropFirst(3))
        memory = arena.owner
        let cacheBytes = Self.cacheBytes(need, rows: rows)
        do throws(SystemError) {
            cacheMemory = try Memory(count: cacheBytes)
        } catch {
            throw .request(.noMemory(bytes: cacheBytes))
        }
        var records: [BlockRecord] = []
        for _ in 0..<min(choice.keptBlocks + 1, a.blocks) {
            records.append(try BlockRecord(a, rows: rows, ranks: need.ranks))
        }
        self.records = records
    }

    /// Whether a block's forward pass is still there when its backward pass begins.
    func isKept(_ block: Int) -> Bool {
        records.count == architecture.blocks || block < records.count - 1
            || block == architecture.blocks - 1
    }

    /// Where a block's forward pass is kept: blocks without a record of their own share the last.
    func record(_ block: Int) -> BlockRecord { records[min(block, records.count - 1)] }

    /// Empty keys and values for sequences of these lengths, together at most the rows there are.
    func caches(_ lengths: [Int]) -> [KeyValueCache] {
        var offset = 0
        return lengths.map { length in
            defer { offset += KeyValueCache.bytes(architecture, profile, capacity: length) }
            return KeyValueCache(
                architecture, profile, capacity: length, in: cacheMemory, at: offset)
        }
    }

    // MARK: Sizes

    /// Bytes that buffers for `rows` rows take, the kept forward passes aside.
    static func bytes(_ need: TrainingMemory.Need, rows: Int) -> Int {
        widths(need).reduce(cacheBytes(need, rows: rows)) { $0 + Arena.rounded(rows * $1 * 4) }
    }

    private static func innerCount(_ a: Architecture) -> Int {
        a.feedForward == .siluGated ? 2 : 1
    }

    private static func widths(_ need: TrainingMemory.Need) -> [Int] {
        let a = need.architecture
        var widths = Array(repeating: a.width, count: a.blocks + 3)
        widths += Array(repeating: a.innerWidth, count: innerCount(a) + 1)
        widths += [a.queryWidth + 2 * a.keyWidth, a.queryWidth]
        let widest = max(a.width, a.queryWidth, a.innerWidth)
        if need.hasDropout { widths += [widest, a.width, a.width] }
        return widths
    }

    /// Rows may belong to one sequence or each to its own.
    private static func cacheBytes(_ need: TrainingMemory.Need, rows: Int) -> Int {
        rows * KeyValueCache.bytes(need.architecture, need.profile, capacity: 1)
    }
}
