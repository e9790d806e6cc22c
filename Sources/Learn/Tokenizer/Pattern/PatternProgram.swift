/// A compiled pattern: instructions for `PatternMatcher`.
struct PatternProgram: Equatable, Sendable {
    /// One instruction. `first` and `second` are places in the program, numbers of sets or counts.
    struct Instruction: Equatable, Sendable {
        /// What an instruction does.
        enum Kind: Sendable {
            /// The pattern matched.
            case match
            /// Takes one scalar of set `first`.
            case set
            /// Takes from `second` to `third` scalars of set `first`.
            case run
            /// The same, and gives none back.
            case possessiveRun
            /// Goes to `first`, later to `second`.
            case split
            /// Goes to `first`.
            case jump
            /// Checks place `first`.
            case anchor
            /// Opens group `second`, which cannot be entered again.
            case open
            /// Opens group `second`; if it fails, all goes on at `first`.
            case openNegative
            /// Closes atomic group `second`.
            case closeAtomic
            /// Closes group `second` and goes back to where it was opened.
            case closeAhead
            /// Group `second` matched, which it must not.
            case closeNegative
            /// Goes `first` scalars back.
            case back
            /// Notes the place in register `first`.
            case note
            /// Goes to `second` if the place is still the one in register `first`.
            case leaveIfEmpty
        }

        var kind: Kind
        var first: Int32 = 0
        var second: Int32 = 0
        var third: Int32 = 0
    }

    /// The instructions.
    private(set) var code: [Instruction] = []
    /// The sets.
    private(set) var sets: [ScalarSet] = []
    /// Number of registers.
    private(set) var registerCount = 0
    private var groupCount: Int32 = 0
    /// Nodes written so far: empty ones leave no instruction, but may be repeated without end.
    private var emittedCount = 0
    private static let noEnd = Int32.max

    /// Compiles a pattern.
    init(_ pattern: String) throws(LearnError) {
        try emit(try PatternParser.parse(pattern))
        try add(Instruction(kind: .match))
    }

    private mutating func add(_ instruction: Instruction) throws(LearnError) {
        guard code.count < TokenizerLimits.patternNodesMax else {
            let limit = TokenizerLimits.patternNodesMax
            throw .tokenizer(.tooLarge(what: "compiled split pattern", limit: limit))
        }
        code.append(instruction)
    }

    private var here: Int32 { Int32(code.count) }

    private mutating func number(of set: ScalarSet) -> Int32 {
        if let index = sets.firstIndex(of: set) { return Int32(index) }
        sets.append(set)
        return Int32(sets.count - 1)
    }

    private mutating func emit(_ node: PatternNode) throws(LearnError) {
        emittedCount += 1
        guard emittedCount < 2 * TokenizerLimits.patternNodesMax else {
            let limit = TokenizerLimits.patternNodesMax
            throw .tokenizer(.tooLarge(what: "compiled split pattern", limit: limit))
        }
        switch node {
        case .empty: break
        case .set(let set): try add(Instruction(kind: .set, first: number(of: set)))
        case .sequence(let nodes): for node in nodes { try emit(node) }
        case .choice(let nodes): try emitChoice(nodes)
        case .repetition(let node, let least, let most, let greed):
            try emitRepetition(node, least, most, greed)
        case .anchor(let anchor):
            try add(Instruction(kind: .anchor, first: Int32(anchor.rawValue)))
        case .ahead(let inner, let isNegative):
            try emitLook(isNegative) { program throws(LearnError) in try program.emit(inner) }
        case .behind(let inner, let isNegative): try emitBehind(inner, isNegative)
        case .atomic(let inner): try emitAtomic(inner)
        }
    }

    private mutating func emitChoice(_ nodes: [PatternNode]) throws(LearnError) {
        var jumps: [Int] = []
        for (index, node) in nodes.enumerated() {
            guard index < nodes.count - 1 else {
                try emit(node)
                break
            }
            let split = code.count
            try add(Instruction(kind: .split, first: here + 1))
            try emit(node)
            jumps.append(code.count)
            try add(Instruction(kind: .jump))
            code[split].second = here
        }
        for jump in jumps { code[jump].first = here }
    }

    private mutating func emitAtomic(_ inner: PatternNode) throws(LearnError) {
        let group = groupCount
        groupCount += 1
        try add(Instruction(kind: .open, second: group))
        try emit(inner)
        try add(Instruction(kind: .closeAtomic, second: group))
    }

    private mutating func emitLook(
        _ isNegative: Bool, _ inner: (inout PatternProgram) throws(LearnError) -> Void
    ) throws(LearnError) {
        let group = groupCount
        groupCount += 1
        let open = code.count
        try add(Instruction(kind: isNegative ? .openNegative : .open, second: group))
        try inner(&self)
        try add(Instruction(kind: isNegative ? .closeNegative : .closeAhead, second: group))
        code[open].first = here
    }

    private mutating func emitBehind(
        _ inner: PatternNode, _ isNegative: Bool
    ) throws(LearnError) {
        var branches = [inner]
        if case .choice(let nodes) = inner { branches = nodes }
        let widths = branches.compactMap(\.width)
        guard widths.count == branches.count, widths.allSatisfy({ $0 < 1 << 20 }) else {
            throw .tokenizer(.notUnderstood("a look behind of more than one length"))
        }
        try emitLook(isNegative) { program throws(LearnError) in
            var jumps: [Int] = []
            for (index, branch) in branches.enumerated() {
                let split = program.code.count
                let isLast = index == branches.count - 1
                if !isLast {
                    try program.add(Instruction(kind: .split, first: program.here + 1))
                }
                try program.add(Instruction(kind: .back, first: Int32(widths[index])))
                try program.emit(branch)
                if !isLast {
                    jumps.append(program.code.count)
                    try program.add(Instruction(kind: .jump))
                    program.code[split].second = program.here
                }
            }
            for jump in jumps { program.code[jump].first = program.here }
        }
    }

    private mutating func emitRepetition(
        _ node: PatternNode, _ least: Int, _ most: Int?, _ greed: PatternNode.Greed
    ) throws(LearnError) {
        if case .set(let set) = node, greed != .lazy {
            try add(
                Instruction(
                    kind: greed == .greedy ? .run : .possessiveRun, first: number(of: set),
                    second: Int32(least), third: most.map { Int32($0) } ?? Self.noEnd))
            return
        }
        if greed == .possessive {
            try emitAtomic(.repetition(node, least: least, most: most, .greedy))
            return
        }
        for _ in 0..<least { try emit(node) }
        guard let most else {
            try emitLoop(node, isLazy: greed == .lazy)
            return
        }
        var splits: [Int] = []
        for _ in least..<max(most, least) {
            splits.append(code.count)
            try add(Instruction(kind: .split, first: here + 1))
            try emit(node)
        }
        for split in splits {
            code[split].second = here
            if greed == .lazy {
                (code[split].first, code[split].second) = (code[split].second, code[split].first)
            }
        }
    }

    private mutating func emitLoop(_ node: PatternNode, isLazy: Bool) throws(LearnError) {
        let split = code.count
        try add(Instruction(kind: .split, first: here + 1))
        let mayBeEmpty = node.mayBeEmpty
        let register = Int32(registerCount)
        if mayBeEmpty {
            registerCount += 1
            try add(Instruction(kind: .note, first: register))
        }
        try emit(node)
        let leave = code.count
        if mayBeEmpty { try add(Instruction(kind: .leaveIfEmpty, first: register)) }
        try add(Instruction(kind: .jump, first: Int32(split)))
        if mayBeEmpty { code[leave].second = here }
        code[split].second = here
        if isLazy {
            (code[split].first, code[split].second) = (code[split].second, code[split].first)
        }
    }
}
