import Host

/// Runs a model: tokens in, logits out, many sequences in one batch.
///
/// Every result depends on its own sequence alone: the bits are the same whatever else is in the
/// batch, however the prompt is cut, and on any number of threads. One thread uses an engine at a
/// time; its lanes belong to it.
public final class Engine {
    /// Rows that run together unless asked otherwise: enough for the product kernels, few enough
    /// that the buffers of a model of a billion parameters stay below 100 MB.
    public static let batchRowsDefault = 512

    /// What it runs.
    public let model: Model
    /// How it computes products.
    public let profile: Profile
    /// Rows that run together at most.
    public let batchRows: Int
    let blocks: BlockRunner
    private var logits: Rows
    private var logitsMemory: Memory
    private let team: Team

    /// An engine with `threads` lanes.
    public init(
        _ model: Model, profile: Profile, threads: Int, batchRows: Int = batchRowsDefault
    ) throws(LearnError) {
        precondition(batchRows > 0)
        self.model = model
        self.profile = profile
        self.batchRows = batchRows
        do throws(SystemError) {
            team = try Team(lanes: threads)
        } catch {
            throw .request(.setting(name: "threads", allowed: "fewer: \(error.reason)"))
        }
        blocks = try BlockRunner(model, team: team, profile: profile, rows: batchRows)
        var arena = try Arena(bytes: Arena.rounded(model.architecture.vocabulary * 4))
        logits = arena.rows(1, width: model.architecture.vocabulary)
        logitsMemory = arena.owner
    }

    /// A new sequence of up to `capacity` positions under a stack of adapters.
    public func makeSequence(
        capacity: Int, adapters: AdapterStack? = nil
    ) throws(LearnError) -> TokenSequence {
        let limit = model.architecture.positions
        guard capacity <= limit else {
            throw .request(.tooLong(tokens: capacity, limit: limit))
        }
        let cache = try KeyValueCache(model.architecture, profile, capacity: max(capacity, 1))
        return TokenSequence(cache: cache, adapters: adapters)
    }

    /// Which rows of a part get logits.
    public enum Wanted: Sendable {
        /// None: the part only fills the cache.
        case none
        /// The last one.
        case last
        /// All of them.
        case all
    }

    /// Tokens that a sequence goes on with.
    public struct Part {
        /// The sequence.
        public let sequence: TokenSequence
        /// Its next tokens, at least one.
        public let tokens: [Int]
        /// Which logits are wanted.
        public let wanted: Wanted

        /// A part.
        public init(_ sequence: TokenSequence, _ tokens: [Int], wanted: Wanted) {
            self.sequence = sequence
            self.tokens = tokens
            self.wanted = wanted
        }
    }

    /// Runs parts of different sequences in one batch of at most `batchRows` rows. The logits
    /// wanted are left in `result`, in the order of the parts.
    public func step(_ parts: [Part]) throws(LearnError) {
        var tokens: [Int] = []
        var positions: [Int] = []
        var sequences: [SequenceRows] = []
        var wanted: [Int] = []
        var groups: [RowGroup] = []
        for part in parts {
            try check(part)
            let first = tokens.count
            let rows = first..<first + part.tokens.count
            let start = part.sequence.cache.count
            tokens += part.tokens
            positions += start..<start + part.tokens.count
            sequences.append(
                SequenceRows(cache: part.sequence.cache, rows: rows, position: start))
            Self.add(rows, part.sequence.adapters, to: &groups)
            switch part.wanted {
            case .none: break
            case .last: wanted.append(rows.upperBound - 1)
            case .all: wanted += rows
            }
        }
        precondition(tokens.count <= batchRows, "a batch has a limit")
        blocks.embed(tokens, positions: positions)
        try blocks.run(sequences, rows: tokens.count, groups: groups)
        for (part, sequence) in zip(parts, sequences) {
            part.sequence.cache.count = sequence.position + part.tokens.count
        }
        guard !wanted.isEmpty else { return }
        try reserveLogits(wanted.count)
        try blocks.logits(wanted, groups: groups, out: logits)
        for index in wanted.indices where !isFinite(index) {
            throw .request(.notFinite(position: positions[wanted[index]]))
        }
    }

    private func check(_ part: Part) throws(LearnError) {
        guard !part.tokens.isEmpty else { throw .request(.empty) }
        let vocabulary = model.architecture.vocabulary
        for token in part.tokens where !(0..<vocabulary).contains(token) {
            throw .request(.noToken(token, vocabulary: vocabulary))
        }
        let cache = part.sequence.cache
        guard cache.count + part.tokens.count <= cache.capacity else {
            throw .request(
                .tooLong(tokens: cache.count + part.tokens.count, limit: cache.capacity))
        }
    }

    /// Neighbouring rows under the same adapters run as one group.
    private static func add(
        _ rows: Range<Int>, _ adapters: AdapterStack?, to groups: inout [RowGroup]
    ) {
        if let last = groups.last, last.factors === adapters {
            groups[groups.count - 1] = RowGroup(
                rows: last.rows.lowerBound..<rows.upperBound, factors: adapters)
        } else {
            groups.append(RowGroup(rows: rows, factors: adapters))
        }
    }

    private func reserveLogits(_ count: Int) throws(LearnError) {
        guard count > logits.count else { return }
        let width = model.architecture.vocabulary
        var arena = try Arena(bytes: Arena.rounded(count * width * 4))
        logits = arena.rows(count, width: width)
        logitsMemory = arena.owner
    }
}

extension Engine {
    /// Logits `index` of the last step.
    public func result(_ index: Int = 0) -> [Float] { logits.values(index) }

    /// The bytes of the first `count` rows of logits, little-endian f32.
    public func resultBytes(_ count: Int) -> [UInt8] { logits.bytes(0..<count) }

    /// Index of the largest logit, the first of equals.
    public func best(_ index: Int = 0) -> Int { logits.argmax(index) }

    private func isFinite(_ index: Int) -> Bool { logits.isFinite(index) }

    /// Runs a prompt chunk by chunk; `each` is called after each chunk with its number of rows if
    /// all logits are wanted, `isCancelled` before each one. Whether the whole prompt was run.
    @discardableResult
    public func prefill(
        _ sequence: TokenSequence, _ tokens: [Int], wanted: Wanted = .last,
        each: (_ rows: Int) throws(LearnError) -> Void = { _ in },
        isCancelled: () -> Bool = { false }
    ) throws(LearnError) -> Bool {
        // All logits of a whole batch would take more memory than the model's buffers.
        let step = wanted == .all ? min(batchRows, 64) : batchRows
        var first = 0
        while first < tokens.count {
            if isCancelled() { return false }
            let end = min(first + step, tokens.count)
            let isLast = end == tokens.count
            let part = Part(
                sequence, Array(tokens[first..<end]),
                wanted: wanted == .last && !isLast ? .none : wanted)
            try self.step([part])
            try each(end - first)
            first = end
        }
        if tokens.isEmpty { throw .request(.empty) }
        return true
    }

    /// Bytes that a sequence of `positions` and the buffers take, beside the weights' own pages.
    public static func memoryEstimate(
        _ architecture: Architecture, profile: Profile, positions: Int,
        batchRows: Int = batchRowsDefault
    ) -> UInt64 {
        let cache = UInt64(architecture.cacheBytes(profile)) * UInt64(positions)
        return cache + UInt64(Activations.bytes(architecture, rows: batchRows))
            + UInt64(architecture.vocabulary) * 4
    }
}

/// One sequence of tokens that an engine continues.
public final class TokenSequence {
    /// What it has seen.
    public let cache: KeyValueCache
    /// The adapters it runs under.
    public let adapters: AdapterStack?

    init(cache: KeyValueCache, adapters: AdapterStack?) {
        self.cache = cache
        self.adapters = adapters
    }

    /// Tokens it has seen.
    public var count: Int { cache.count }
}
