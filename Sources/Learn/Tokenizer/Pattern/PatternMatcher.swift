/// Runs a compiled pattern over a part of a text by backtracking, with a stack of its own, so that
/// neither the pattern nor the text can exhaust the thread's, and with fuel, so that neither can
/// burn more time than a limit times the length of the text.
struct PatternMatcher {
    /// A place to come back to.
    private struct Frame {
        /// Where to go on; below zero the frame only marks something.
        var code: Int32
        /// The place in the text; of a register's frame its value.
        var position: Int
        /// The shortest that a run may become; of a mark its group; else -1.
        var detail: Int
        static let mark: Int32 = -1
        static let register: Int32 = -2
    }

    private let program: PatternProgram
    private let start: Int
    private let end: Int
    private var stack: [Frame] = []
    private var registers: [Int]
    private var fuel: Int
    private let fuelMax: Int

    /// A matcher for the part `range` of a text, at whose ends the text ends for the pattern.
    init(_ program: PatternProgram, _ range: Range<Int>) {
        self.program = program
        start = range.lowerBound
        end = range.upperBound
        registers = [Int](repeating: -1, count: program.registerCount)
        fuelMax = TokenizerLimits.patternFuel + 256 * range.count
        fuel = fuelMax
    }

    /// Adds all matches, from left to right, to `matches`. An empty match counts unless it stands
    /// right behind the match before.
    mutating func findAll(
        in bytes: [UInt8], into matches: inout [PieceText.Piece]
    ) throws(LearnError) {
        var position = start
        var lastEnd = -1
        while position <= end {
            guard let (from, to) = try find(in: bytes, from: position) else { return }
            if from == to, to == lastEnd {
                position = to < end ? to + bytes.scalar(at: to).length : end + 1
                continue
            }
            matches.append(PieceText.Piece(from, to))
            position = to
            lastEnd = to
        }
    }

    private mutating func find(
        in bytes: [UInt8], from: Int
    ) throws(LearnError) -> (Int, Int)? {
        var position = from
        while true {
            if let to = try match(bytes, at: position) { return (position, to) }
            guard position < end else { return nil }
            position += bytes.scalar(at: position).length
        }
    }

    private func tooSlow() -> LearnError { .tokenizer(.patternTooSlow(limit: fuelMax)) }

    /// The end of the match at `position`.
    private mutating func match(_ bytes: [UInt8], at from: Int) throws(LearnError) -> Int? {
        stack.removeAll(keepingCapacity: true)
        var position = from
        var pc = 0
        while true {
            fuel -= 1
            guard fuel > 0, stack.count < TokenizerLimits.patternBacktracksMax else {
                throw tooSlow()
            }
            let step = program.code[pc]
            var isAlive = true
            switch step.kind {
            case .match: return position
            case .set:
                isAlive = takeOne(bytes, &position, program.sets[Int(step.first)])
                pc += 1
            case .run, .possessiveRun:
                isAlive = takeRun(bytes, &position, step, next: Int32(pc + 1))
                pc += 1
            case .split:
                stack.append(Frame(code: step.second, position: position, detail: -1))
                pc = Int(step.first)
            case .jump: pc = Int(step.first)
            case .anchor:
                isAlive = holds(PatternNode.Anchor(rawValue: Int(step.first)), bytes, position)
                pc += 1
            case .open, .openNegative:
                let code = step.kind == .open ? Frame.mark : step.first
                stack.append(
                    Frame(code: code, position: position, detail: -2 - Int(step.second)))
                pc += 1
            case .closeAtomic, .closeAhead, .closeNegative:
                let opened = close(Int(step.second))
                if step.kind == .closeAhead { position = opened }
                isAlive = step.kind != .closeNegative
                pc += 1
            case .back:
                isAlive = goBack(bytes, &position, Int(step.first))
                pc += 1
            case .note:
                let register = Int(step.first)
                stack.append(
                    Frame(code: Frame.register, position: registers[register], detail: register))
                registers[register] = position
                pc += 1
            case .leaveIfEmpty:
                pc = registers[Int(step.first)] == position ? Int(step.second) : pc + 1
            }
            if !isAlive, !backtrack(bytes, &pc, &position) { return nil }
        }
    }

    @inline(__always)
    private func takeOne(_ bytes: [UInt8], _ position: inout Int, _ set: ScalarSet) -> Bool {
        guard position < end else { return false }
        let (value, length) = bytes.scalar(at: position)
        guard set.contains(value) else { return false }
        position += length
        return true
    }

    private mutating func takeRun(
        _ bytes: [UInt8], _ position: inout Int, _ step: PatternProgram.Instruction, next: Int32
    ) -> Bool {
        let set = program.sets[Int(step.first)]
        let least = Int(step.second)
        let most = Int(step.third)
        var count = 0
        var shortest = position
        while count < most, takeOne(bytes, &position, set) {
            count += 1
            if count == least { shortest = position }
        }
        fuel -= count
        guard count >= least else { return false }
        if step.kind == .run, position > shortest {
            stack.append(Frame(code: next, position: position, detail: shortest))
        }
        return true
    }

    /// Drops everything since group `group` was opened; gives the place where it was.
    private mutating func close(_ group: Int) -> Int {
        while let frame = stack.popLast() {
            if frame.code == Frame.register {
                registers[frame.detail] = frame.position
            } else if frame.detail == -2 - group {
                return frame.position
            }
        }
        return start
    }

    /// Goes to the last place to come back to; false if there is none.
    private mutating func backtrack(
        _ bytes: [UInt8], _ pc: inout Int, _ position: inout Int
    ) -> Bool {
        while let frame = stack.popLast() {
            fuel -= 1
            if frame.code == Frame.mark { continue }
            if frame.code == Frame.register {
                registers[frame.detail] = frame.position
                continue
            }
            position = frame.position
            pc = Int(frame.code)
            if frame.detail >= 0 {
                // A run gives one scalar back, and may give more.
                position = bytes.scalarStart(before: position)
                if position > frame.detail {
                    stack.append(
                        Frame(code: frame.code, position: position, detail: frame.detail))
                }
            }
            return true
        }
        return false
    }

    private func goBack(_ bytes: [UInt8], _ position: inout Int, _ count: Int) -> Bool {
        for _ in 0..<count {
            guard position > start else { return false }
            position = bytes.scalarStart(before: position)
        }
        return true
    }

    private func isWord(_ bytes: [UInt8], _ position: Int) -> Bool {
        guard position >= start, position < end else { return false }
        let scalar = bytes.scalar(at: position).value
        return UnicodeTables.shared.traits(of: scalar).contains(.word)
    }

    private func holds(
        _ anchor: PatternNode.Anchor?, _ bytes: [UInt8], _ position: Int
    ) -> Bool {
        switch anchor {
        case .textStart: return position == start
        case .textEnd, nil: return position == end
        case .textEndOrLineEnd:
            return position == end || position == end - 1 && bytes[position] == 0x0a
        case .lineStart:
            return position == start || bytes[position - 1] == 0x0a && position < end
        case .lineEnd: return position == end || bytes[position] == 0x0a
        case .wordEdge, .noWordEdge:
            let before = position > start && isWord(bytes, bytes.scalarStart(before: position))
            let isEdge = before != isWord(bytes, position)
            return isEdge == (anchor == .wordEdge)
        }
    }
}
