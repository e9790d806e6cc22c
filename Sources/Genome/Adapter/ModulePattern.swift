/// A regular expression over module paths, of the kind that PEFT configurations use: literals,
/// `.`, classes, groups, alternatives, repetition, anchors and look-ahead.
///
/// Ours, because it must neither read graphemes nor run away: all branches are followed side by
/// side, one byte at a time, and each look-ahead once for all bytes, so that work is bounded by
/// program size times text length, times the depth of loops within loops, which is at most 16.
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
    private var work = 0

    /// Longest pattern in bytes.
    static let bytesMax = 1_024
    /// Most instructions of a pattern with its repetitions written out.
    private static let instructionsMax = 4_096
    /// Most parts that are looked at while repetitions are written out: an empty group adds no
    /// instruction, however often it is repeated.
    private static let workMax = 16 * instructionsMax

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
        let bytes = Array(text.utf8)
        var found = [[Bool]](repeating: [], count: programs.count)
        // A look-ahead stands behind the program it belongs to.
        for program in programs.indices.reversed() {
            found[program] = matches(program, bytes, found, isWhole: program == 0)
        }
        return found[0][0]
    }

    // MARK: Program

    private mutating func add(_ instruction: Instruction, to program: Int) -> Bool {
        instructionCount += 1
        programs[program].append(instruction)
        return instructionCount <= Self.instructionsMax
    }

    private mutating func compile(_ node: PatternNode, into program: Int) -> Bool {
        work += 1
        guard work <= Self.workMax else { return false }
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

    /// From which positions of `bytes` a program matches: what follows, or all that follows if
    /// `isWhole`. `aheads` holds the same for every program behind this one.
    ///
    /// Read from the end, so that each place is judged once for each position: whether the end can
    /// be reached from there. A place is judged again only where a loop leads back to it.
    private func matches(
        _ program: Int, _ bytes: [UInt8], _ aheads: [[Bool]], isWhole: Bool
    ) -> [Bool] {
        let instructions = programs[program]
        var found = [Bool](repeating: false, count: bytes.count + 1)
        var behind = [Bool](repeating: false, count: instructions.count)
        for position in stride(from: bytes.count, through: 0, by: -1) {
            var here = [Bool](repeating: false, count: instructions.count)
            var isChanged = true
            while isChanged {
                isChanged = false
                for place in instructions.indices.reversed() where !here[place] {
                    let isOpen =
                        switch instructions[place] {
                        case .match: !isWhole || position == bytes.count
                        case .set(let ranges, let isNegated):
                            position < bytes.count && behind[place + 1]
                                && ranges.contains { $0.contains(bytes[position]) } != isNegated
                        case .split(let one, let other): here[one] || here[other]
                        case .jump(let next): here[next]
                        case .start: position == 0 && here[place + 1]
                        case .end: position == bytes.count && here[place + 1]
                        case .ahead(let inner, let isNegated):
                            aheads[inner][position] != isNegated && here[place + 1]
                        }
                    here[place] = isOpen
                    isChanged = isChanged || isOpen
                }
            }
            found[position] = here[0]
            behind = here
        }
        return found
    }
}
