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

    /// Everything that a run takes: each buffer by the size it is made with, and what grows on
    /// demand by the most that these rows can ask for.
    init(_ need: Need, rows: Int, keptBlocks: Int) {
        self.rows = rows
        self.keptBlocks = keptBlocks
        let a = need.architecture
        let record = BlockRecord.bytes(a, rows: rows, ranks: need.ranks)
        var total = record * min(keptBlocks + 1, a.blocks)
        total += TrainingWorkspace.bytes(need, rows: rows)
        total += Activations.bytes(a, rows: rows)
        total += need.parameters * 16
        let logits = Self.logitRows(a)
        total += logits * (a.vocabulary + 2 * a.width) * 4
        total += Self.growing(need, rows: rows, logits: logits)
        total += need.threads * Self.lane(need, rows: rows)
        bytes = UInt64(total)
    }

    /// Packed operands, which grow by half of what is asked for.
    private static func growing(_ need: Need, rows: Int, logits: Int) -> Int {
        let a = need.architecture
        let packed = { (rows: Int, reduced: Int) in
            plasmid_left_bytes(need.profile.code, rows, reduced)
        }
        let inputs = a.queryWidth + 2 * a.keyWidth
        let widest = max(a.width, a.queryWidth, a.innerWidth)
        let rank = need.ranks.max() ?? 0
        // One input packed; with dropout one for each module that shares it.
        let forward = packed(rows, widest) + (need.hasDropout ? 3 * packed(rows, a.width) : 0)
        // Of up to three modules: what A gave, as it is and packed.
        let middle = 3 * (rows * rank * 4 + packed(rows, rank))
        let gradients = max(
            packed(rows, inputs), packed(rows, 2 * a.innerWidth), packed(logits, a.vocabulary))
        // Of up to three: U and its columns, those of A's outputs, and all packed by records.
        let pairs = 3 * (3 * rows * rank * 4 + 3 * packed(rows, rank) + packed(rank, widest))
        return (forward + packed(logits, a.width) + middle + gradients + pairs) * 3 / 2
    }

    /// What each lane has for itself: products forwards and backwards, attention's both.
    private static func lane(_ need: Need, rows: Int) -> Int {
        let product = Int(PLASMID_PRODUCT_SCRATCH) + rows * 128 * 4
        let (a, profile, longest) = (need.architecture, need.profile, need.longest)
        let attention =
            AttentionBackward.laneBytes(a, profile, tokens: longest)
            + AttentionRunner.laneBytes(a, profile, tokens: longest)
        return (2 * product + attention) * 3 / 2
    }
}
