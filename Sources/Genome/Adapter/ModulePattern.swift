/// A regular expression over module paths, of the kind that PEFT configurations use: literals,
/// `.`, classes, groups, alternatives, repetition, anchors and look-ahead.
///
/// Ours, because it must neither read graphemes nor run away: all branches are followed side by
/// side, one byte at a time, and what a look-ahead finds at a place is kept, so that work is
/// bounded by program size times the square of the text's length.
struct ModulePattern {
    private enum Instruction {
        case set([ClosedRange<UInt8>], isNegated: Bool)
        case split(Int, Int)
        case jump(Int)
        case ahead(program: Int, isNegated: Bool)
        case start
        case end
        case match
    }

    /// The whole pattern first, then its look-aheads.
    private var programs: [[Instruction]] = [[]]
    private var instructionCount = 0
    private var compileSteps = 0

    /// Longest pattern in bytes.
    static let bytesMax = 1_024
    /// Most instructions of a pattern with its repetitions written out.
    private static let instructionsMax = 4_096
    /// Most nodes that are compiled: repeating an empty group many times adds no instruction.
    private static let compileStepsMax = 65_536

    /// The pattern of a text; nil if it uses what is not understood.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.bytesMax, bytes.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            return nil
        }
        var reader = PatternReader(bytes)
        guard let root = reader.readChoice(depth: 0), reader.isAtEnd,
            compile(root, into: 0)
        else { return nil }
        programs[0].append(.match)
    }

    /// Whether the whole of `text` matches (Python's `re.fullmatch`).
    func matchesWhole(_ text: String) -> Bool {
        var ahead: [Look: Bool] = [:]
        return run(0, over: Array(text.utf8), from: 0, isWhole: true, &ahead)
    }

    /// A look-ahead at a place.
    private struct Look: Hashable {
        let program: Int
        let position: Int
    }

    // MARK: Program

    private mutating func add(_ instruction: Instruction, to program: Int) -> Bool {
        instructionCount += 1
        programs[program].append(instruction)
        return instructionCount <= Self.instructionsMax
    }

    private mutating func compile(_ node: PatternNode, into program: Int) -> Bool {
        compileSteps += 1
        guard compileSteps <= Self.compileStepsMax else { return false }
        switch node {
        case .byte(let byte): return add(.set([byte...byte], isNegated: false), to: program)
        case .set(let ranges, let isNegated):
            return add(.set(ranges, isNegated: isNegated), to: program)
        case .sequence(let nodes): return nodes.allSatisfy { compile($0, into: program) }
        case .choice(let nodes): return compileChoice(nodes[...], into: program)
        case .repeated(let inner, let min, let max):
            return compileRepeated(inner, min: min, max: max, into: program)
        case .ahead(let inner, let isNegated):
            programs.append([])
            let index = programs.count - 1
            guard compile(inner, into: index), add(.match, to: index) else { return false }
            return add(.ahead(program: index, isNegated: isNegated), to: program)
        case .start: return add(.start, to: program)
        case .end: return add(.end, to: program)
        }
    }

    private mutating func compileChoice(
        _ nodes: ArraySlice<PatternNode>, into program: Int
    ) -> Bool {
        guard let first = nodes.first else { return true }
        guard nodes.count > 1 else { return compile(first, into: program) }
        let split = programs[program].count
        guard add(.split(split + 1, 0), to: program), compile(first, into: program) else {
            return false
        }
        let jump = programs[program].count
        guard add(.jump(0), to: program) else { return false }
        programs[program][split] = .split(split + 1, jump + 1)
        guard compileChoice(nodes.dropFirst(), into: program) else { return false }
        programs[program][jump] = .jump(programs[program].count)
        return true
    }

    private mutating func compileRepeated(
        _ inner: PatternNode, min: Int, max: Int, into program: Int
    ) -> Bool {
        for _ in 0..<min {
            guard compile(inner, into: program) else { return false }
        }
        guard max == .max else {
            for _ in min..<max {
                let split = programs[program].count
                guard add(.split(split + 1, 0), to: program), compile(inner, into: program) else {
                    return false
                }
                programs[program][split] = .split(split + 1, programs[program].count)
            }
            return true
        }
        let split = programs[program].count
        guard add(.split(split + 1, 0), to: program), compile(inner, into: program),
            add(.jump(split), to: program)
        else { return false }
        programs[program][split] = .split(split + 1, programs[program].count)
        return true
    }

    // MARK: Run

    private func run(
        _ program: Int, over bytes: [UInt8], from start: Int, isWhole: Bool,
        _ ahead: inout [Look: Bool]
    ) -> Bool {
        let instructions = programs[program]
        var places = [0]
        for position in start...bytes.count {
            let (waiting, isMatch) = closure(
                of: places, instructions, bytes, position, &ahead)
            if isMatch, !isWhole || position == bytes.count { return true }
            guard position < bytes.count, !waiting.isEmpty else { return false }
            places = waiting.filter { place in
                guard case .set(let ranges, let isNegated) = instructions[place] else {
                    return false
                }
                return ranges.contains { $0.contains(bytes[position]) } != isNegated
            }.map { $0 + 1 }
        }
        return false
    }

    /// Every place that waits for a byte and can be reached without taking one, and whether the
    /// end of the program can be.
    private func closure(
        of places: [Int], _ instructions: [Instruction], _ bytes: [UInt8], _ position: Int,
        _ ahead: inout [Look: Bool]
    ) -> (waiting: [Int], isMatch: Bool) {
        var isReached = [Bool](repeating: false, count: instructions.count)
        var waiting: [Int] = []
        var isMatch = false
        var open = places
        while let place = open.popLast() {
            guard !isReached[place] else { continue }
            isReached[place] = true
            switch instructions[place] {
            case .set: waiting.append(place)
            case .match: isMatch = true
            case .split(let one, let other): open += [one, other]
            case .jump(let next): open.append(next)
            case .start where position == 0: open.append(place + 1)
            case .end where position == bytes.count: open.append(place + 1)
            case .ahead(let program, let isNegated):
                let look = Look(program: program, position: position)
                let isThere =
                    ahead[look]
                    ?? run(program, over: bytes, from: position, isWhole: false, &ahead)
                ahead[look] = isThere
                if isThere != isNegated { open.append(place + 1) }
            case .start, .end: break
            }
        }
        return (waiting, isMatch)
    }
}
