import CKernels

/// How a run fits into memory: how many tokens run together and of how many blocks the forward
/// pass is kept. Neither changes a bit of the result.
public struct TrainingMemory: Equatable, Sendable {
    /// Tokens that run together at most.
    public let rows: Int
    /// Blocks whose forward pass is kept; that of the others is computed a second time.
    public let keptBlocks: Int
    /// Bytes that it takes, beside the base's own pages.
    public let bytes: UInt64

    /// Logits that are held at once: 32 MiB.
    private static let logitsMax = 8 << 20

    /// Rows of logits that are held at once.
    static func logitRows(_ a: Architecture) -> Int {
        max(16, min(128, logitsMax / max(a.vocabulary, 1)))
    }

    /// What a run needs.
    struct Need {
        let architecture: Architecture
        let profile: Profile
        let threads: Int
        /// Values that are trained.
        let parameters: Int
        /// Ranks of the pairs of a block's modules.
        let ranks: [Int]
        /// Whether elements are left out.
        let hasDropout: Bool
        /// Tokens of the longest example.
        let longest: Int
    }

    /// The fastest way that fits into `budget` bytes: fewer tokens at once first, because that
    /// costs least, then fewer kept blocks. Nil if even the smallest does not fit.
    static func choose(_ need: Need, rows wanted: Int, budget: UInt64?) -> TrainingMemory? {
        let blocks = need.architecture.blocks
        var rows = max(wanted, need.longest)
        let smallest = max(need.longest, min(512, rows))
        let fits = { (memory: TrainingMemory) in budget.map { memory.bytes <= $0 } ?? true }
        while true {
            let memory = Self(need, rows: rows, keptBlocks: blocks)
            if fits(memory) { return memory }
            if rows == smallest { break }
            rows = max(smallest, rows / 2)
        }
        for kept in stride(from: blocks - 1, through: 0, by: -1) {
            let memory = Self(need, rows: rows, keptBlocks: kept)
            if fits(memory) { return memory }
        }
        while rows > need.longest {
            rows = max(need.longest, rows / 2)
            let memory = Self(need, rows: rows, keptBlocks: 0)
            if fits(memory) { return memory }
        }
        return nil
    }

    /// What the smallest way takes.
    static func smallest(_ need: Need) -> TrainingMemory {
        Self(need, rows: need.longest, keptBlocks: 0)
    }

    init(_ need: Need, rows: Int, keptBlocks: Int) {
        self.rows = rows
        self.keptBlocks = keptBlocks
        let a = need.architecture
        let record = BlockRecord.bytes(a, rows: rows, ranks: need.ranks)
        let records = min(keptBlocks + 1, a.blocks)
        let inputs = a.queryWidth + 2 * a.keyWidth
        var widths = a.width * (a.blocks + 1)  // the stream before each block
        widths += 2 * a.blocks * a.keyWidth * need.profile.cacheElement.bytes / 4
        widths += 3 * a.width + 2 * inputs + a.queryWidth + 3 * a.innerWidth
        if need.hasDropout { widths += 2 * a.width + max(a.width, a.queryWidth, a.innerWidth) }
        // Packed operands and the largest of them again for a second module.
        widths += 2 * max(a.innerWidth, inputs, a.width)
        var total = UInt64(rows * widths * 4) + UInt64(record * records)
        total += UInt64(need.parameters) * 16
        total += UInt64(3 * Self.logitRows(a) * a.vocabulary * 4)
        let lane = AttentionBackward.laneBytes(a, need.profile, tokens: need.longest)
        total += UInt64((lane + rows * 128 * 4) * need.threads)
        bytes = total
    }
}
