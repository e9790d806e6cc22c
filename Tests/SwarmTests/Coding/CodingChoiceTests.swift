import Testing

@testable import Swarm

@Suite struct CodingChoiceTests {
    private static let group: UInt64 = 1 << 20

    /// Lets groups come one by one over a line of so many bytes a second, coded or not as the
    /// choice says, until `seconds` are over; the time then.
    @discardableResult
    private func run(
        _ choice: inout CodingChoice, line: UInt64, ratio: Double = 1.5, seconds: UInt64,
        from start: UInt64 = 1, codec: UInt64 = .max, hasParents: Bool = false
    ) -> UInt64 {
        var now = start
        let end = start + seconds * Span.second
        while now < end {
            let isCoded = choice.isWanted(hasParents: hasParents)
            let wire = isCoded ? UInt64(Double(Self.group) / ratio) : Self.group
            let onLine = wire * Span.second / line
            now += isCoded ? max(onLine, Self.group * Span.second / codec) : onLine
            let rate = Self.group * Span.second / max(1, onLine)
            choice.arrived(
                plain: Self.group, wire: wire, wasAsked: isCoded,
                rate: isCoded ? rate : line, at: now)
        }
        return now
    }

    @Test func `slow lines are asked for coded groups, fast ones are not`() {
        for (line, dense, delta) in [
            (1_000_000, true, true), (12_500_000, true, true), (59_000_000, true, true),
            (61_000_000, false, true), (118_000_000, false, true), (151_000_000, false, false),
            (1_000_000_000, false, false),
        ] as [(UInt64, Bool, Bool)] {
            var choice = CodingChoice()
            #expect(!choice.isWanted(hasParents: true), "before a rate is known")
            choice.arrived(plain: Self.group, wire: Self.group, wasAsked: false, rate: nil, at: 1)
            #expect(!choice.isWanted(hasParents: true))
            choice.arrived(plain: Self.group, wire: Self.group, wasAsked: false, rate: line, at: 2)
            #expect(choice.isWanted(hasParents: false) == dense)
            #expect(choice.isWanted(hasParents: true) == delta)
        }
    }

    @Test func `it stays with what brings more, though more comes then`() {
        for line: UInt64 in [500_000, 12_500_000, 50_000_000] {
            var choice = CodingChoice()
            run(&choice, line: line, seconds: 100)
            #expect(choice.level == .all)
        }
        var choice = CodingChoice()
        run(&choice, line: 118_000_000, ratio: 20, seconds: 20, hasParents: true)
        #expect(choice.level == .deltas)
    }

    @Test func `a line that became fast is asked for plain groups at once`() {
        var choice = CodingChoice()
        let now = run(&choice, line: 20_000_000, seconds: 5)
        #expect(choice.level == .all)
        run(&choice, line: 300_000_000, seconds: 2, from: now)
        #expect(choice.level == .nothing)
    }

    @Test func `groups that come hardly shorter are not asked for again for a minute`() {
        var choice = CodingChoice()
        var now = run(&choice, line: 10_000_000, ratio: 1.03, seconds: 5)
        #expect(choice.level == .nothing)
        now = run(&choice, line: 10_000_000, seconds: 50, from: now)
        #expect(choice.level == .nothing)
        run(&choice, line: 10_000_000, seconds: 20, from: now)
        #expect(choice.level == .all)
    }

    @Test func `a codec slower than the line is given up after eight groups`() {
        var choice = CodingChoice()
        run(&choice, line: 40_000_000, seconds: 3, codec: 30_000_000)
        #expect(choice.level == .nothing)
        // As fast as the line is no reason.
        choice = CodingChoice()
        run(&choice, line: 40_000_000, seconds: 3, codec: 39_000_000)
        #expect(choice.level == .all)
        // Nor is a line that others use later.
        let now = run(&choice, line: 40_000_000, seconds: 3)
        run(&choice, line: 5_000_000, seconds: 60, from: now)
        #expect(choice.level == .all)
    }

    @Test func `groups that were asked for plain do not count as coded in vain`() {
        var choice = CodingChoice()
        choice.arrived(
            plain: Self.group, wire: Self.group, wasAsked: false, rate: 1_000_000, at: 1)
        for number in 1...40 {
            choice.arrived(
                plain: Self.group, wire: Self.group, wasAsked: false, rate: 1_000_000,
                at: UInt64(number) * Span.second)
        }
        #expect(choice.level == .all)
    }
}
