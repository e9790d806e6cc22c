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
    private var caches: [KeyValueCache] = []
    private let architecture: Architecture
    private let profile: Profile

    init(
        _ need: TrainingMemory.Need, _ choice: TrainingMemory
    ) throws(LearnError) {
        let a = need.architecture
        architecture = a
        profile = need.profile
        let rows = choice.rows
        let inputs = a.queryWidth + 2 * a.keyWidth
        let innerCount = a.feedForward == .siluGated ? 2 : 1
        let widest = max(a.width, a.queryWidth, a.innerWidth)
        var widths = Array(repeating: a.width, count: a.blocks + 3)
        widths += Array(repeating: a.innerWidth, count: innerCount + 1)
        widths += [inputs, a.queryWidth]
        if need.hasDropout { widths += [widest, a.width, a.width] }
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

    /// Empty keys and values for sequences of these lengths.
    func caches(_ lengths: [Int]) throws(LearnError) -> [KeyValueCache] {
        for (index, length) in lengths.enumerated() {
            if index == caches.count {
                caches.append(try KeyValueCache(architecture, profile, capacity: length))
            } else if caches[index].capacity < length {
                caches[index] = try KeyValueCache(architecture, profile, capacity: length)
            }
        }
        return Array(caches.prefix(lengths.count))
    }
}
