import Testing
import Wire

@testable import Swarm

/// A catalogue that cannot be written.
@Suite struct UnkeptTests {
    private static let full = StoreOutcome.failed(
        StoreProblem(.quota, "the disk is full", mayPass: true))

    /// A core with three neighbours, on sessions from 1, that compared with none yet.
    private func settled() -> Driver {
        var driver = Driver()
        for session: SessionNumber in 1...3 {
            let seed = UInt8(20 + session)
            driver.open(session, seed, from: Driver.address(seed, [seed, 9, 9]))
            driver.introduce(session)
            driver.hear(session, .neighbour(.ask(isUrgent: false)))
        }
        return driver
    }

    private func record(_ seed: UInt8) throws -> Record {
        try Driver.record(seed, Driver.node([]), life: 86_400_000)
    }

    /// News of a neighbour is checked, and the catalogue says this of it.
    private func hear(
        _ record: Record, from session: SessionNumber, by driver: inout Driver,
        _ outcome: StoreOutcome
    ) -> [Effect] {
        let item = NeighbourMessage.NewsItem(hops: 1, record: record.bytes)
        var effects = driver.hear(session, .neighbour(.news([item])))
        for batch in effects.verified {
            effects += driver.feed(.recordsVerified(batch: batch.number, isValid: [true]))
        }
        return effects + answer(effects, by: &driver, outcome)
    }

    private func answer(
        _ effects: [Effect], by driver: inout Driver, _ outcome: StoreOutcome
    ) -> [Effect] {
        effects.stored.reduce([]) { later, batch in
            later
                + driver.feed(
                    .recordsStored(
                        batch: batch.number, outcomes: batch.records.map { _ in outcome }))
        }
    }

    private func news(_ effects: [Effect], to session: SessionNumber) -> [[UInt8]] {
        effects.sent(to: session).flatMap { message -> [[UInt8]] in
            if case .neighbour(.news(let items)) = message { items.map(\.record) } else { [] }
        }
    }

    /// Time passes on a full disk; how often the catalogue was tried, and what was compared.
    private func wait(
        _ seconds: UInt64, by driver: inout Driver
    ) -> (tries: Int, questions: Int) {
        var (tries, questions) = (0, 0)
        for _ in 0..<seconds {
            // They are there, and have nothing new.
            for session: SessionNumber in 1...3 { driver.hear(session, .pong(1)) }
            let effects = driver.pass(Span.second)
            questions += (1...3).reduce(0) { sum, session in
                sum
                    + effects.sent(to: session).count {
                        if case .sketchRequest = $0 { true } else { false }
                    }
            }
            let mine = effects.stored
            tries += mine.count
            _ = answer(effects, by: &driver, Self.full)
        }
        return (tries, questions)
    }

    @Test func `news that cannot be kept goes on to others once, and nobody is asked for it`()
        throws
    {
        var driver = settled()
        let record = try record(50)
        let effects = hear(record, from: 1, by: &driver, Self.full)
        #expect(news(effects, to: 2) == [record.bytes] && news(effects, to: 3) == [record.bytes])
        #expect(effects.logs.count { $0.contains("the disk is full") } == 1)
        let again = hear(record, from: 2, by: &driver, Self.full)
        #expect(again.verified.isEmpty && news(again, to: 3).isEmpty)
        let have = NeighbourMessage.Have(hops: 1, name: NewsName(of: record.bytes))
        driver.hear(3, .neighbour(.haves([have])))
        let later = driver.pass(2 * Span.second)
        for session: SessionNumber in 1...3 {
            #expect(
                !later.sent(to: session).contains {
                    if case .neighbour(.graft) = $0 { true } else { false }
                })
        }
        #expect(driver.core.figures.shortage == "the disk is full")
        #expect(driver.core.figures.gossip.unkept == 1)
    }

    @Test func `a full catalogue is tried each three seconds, and nothing is compared`() throws {
        var driver = settled()
        _ = hear(try record(50), from: 1, by: &driver, Self.full)
        _ = hear(try record(51), from: 1, by: &driver, Self.full)
        let (tries, questions) = wait(60, by: &driver)
        #expect((15...21).contains(tries) && questions == 0, "\(tries), \(questions)")
        #expect(driver.core.standing == .filling)
        #expect((1...3).allSatisfy { driver.core.sessions[$0]?.isClosing == false })
    }

    @Test func `with room again what waits is kept, not told again, and all is compared`() throws {
        var driver = settled()
        let records = try (50..<53).map { try record($0) }
        for record in records { _ = hear(record, from: 1, by: &driver, Self.full) }
        let first = driver.pass(4 * Span.second)
        #expect(first.stored.flatMap(\.records).count == 1)
        let rest = answer(first, by: &driver, .fresh)
        let ids = (first.stored + rest.stored).flatMap(\.records).map(\.id)
        #expect(Set(ids) == Set(records.map(\.id)) && ids.count == 3)
        let kept = answer(rest, by: &driver, .fresh)
        #expect((rest + kept).logs.count { $0.contains("there is room") } == 1)
        #expect((1...3).allSatisfy { news(rest + kept, to: $0).isEmpty })
        #expect(driver.core.figures.shortage == nil)
        let later = driver.pass(4 * Span.second)
        let asked = (1...3).filter { later.sent(to: $0).contains { "\($0)".contains("sketch") } }
        #expect(asked.count == 3, "\(asked)")
    }

    @Test func `where room comes and goes, comparing waits longer each time`() throws {
        var driver = settled()
        var pauses: [UInt64] = []
        for seed: UInt8 in 50..<57 {
            _ = hear(try record(seed), from: 1, by: &driver, Self.full)
            pauses.append(driver.core.gossip.unkept.pause / Span.second)
            driver.time += Span.second
            _ = hear(try record(seed + 100), from: 1, by: &driver, .fresh)
            #expect(driver.core.figures.shortage == nil)
            let due = driver.core.sessions[2]?.comparisonDue ?? 0
            #expect(due >= driver.time + (seed == 50 ? 0 : pauses.last ?? 0) * Span.second)
            driver.time += Span.second
        }
        #expect(pauses == [3, 6, 12, 24, 48, 60, 60])
    }

    @Test func `what peers give unasked is looked at only where it is little`() throws {
        var driver = settled()
        _ = hear(try record(50), from: 1, by: &driver, Self.full)
        let many = try (100..<109).map { try record($0).bytes }
        #expect(driver.hear(1, .records(many)).verified.isEmpty)
        #expect(driver.hear(1, .records(Array(many.prefix(8)))).verified.count == 1)
        #expect(driver.core.sessions[1]?.faults == 0)
    }

    @Test func `an own record is told though it cannot be kept, and is kept later`() throws {
        var driver = settled()
        let record = try record(1)
        let signed = driver.feed(.recordSigned(record))
        let effects = signed + answer(signed, by: &driver, Self.full)
        #expect((1...3).allSatisfy { news(effects, to: $0) == [record.bytes] })
        let tried = driver.pass(4 * Span.second)
        #expect(tried.stored.flatMap(\.records) == [record])
        #expect(answer(tried, by: &driver, .fresh).stored.isEmpty)
        #expect(driver.pass(9 * Span.second).stored.isEmpty)
    }

    @Test func `no more waits than there is memory for, own records before others`() throws {
        var unkept = Unkept()
        for number in 0..<3 * UInt64(SwarmLimits.unkeptMax) {
            let other = try Driver.record(50, Driver.node([]), sequence: number + 1)
            unkept.add(other, from: number < UInt64(SwarmLimits.unkeptMax) * 2 ? 1 : nil)
        }
        #expect(unkept.waiting.count == 2 * SwarmLimits.unkeptMax)
        #expect(unkept.waiting.values.count { $0.source == 1 } == SwarmLimits.unkeptMax)
        #expect(unkept.takeAll().count == 2 * SwarmLimits.unkeptMax && unkept.waiting.isEmpty)
    }
}
