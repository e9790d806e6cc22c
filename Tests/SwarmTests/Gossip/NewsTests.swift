import Testing
import Wire

@testable import Swarm

@Suite struct NewsTests {
    private func meet(_ count: Int = 3) -> Driver {
        var driver = Driver()
        for number in 1...count {
            driver.open(UInt64(number), UInt8(10 + number), isInitiator: true)
        }
        return driver
    }

    private func record(_ seed: UInt8 = 50, sequence: UInt64 = 1) throws -> Record {
        try Driver.record(seed, Driver.node([]), sequence: sequence)
    }

    @Test func `news goes on to all but its source`() throws {
        var driver = meet()
        let record = try record()
        let effects = driver.take([record], from: 2)
        #expect(effects.sent(to: 1) == [.records([record.bytes])])
        #expect(effects.sent(to: 3) == [.records([record.bytes])])
        #expect(effects.sent(to: 2).isEmpty)
        #expect(driver.take([record], from: 3).isEmpty)
    }

    @Test func `what is superseded or refused does not go on; what is refused may come again`()
        throws
    {
        var driver = meet()
        #expect(driver.take([try record()], from: 1, .superseded).sent(to: 2).isEmpty)
        let other = try record(51)
        #expect(driver.take([other], from: 1, .refused("full")).sent(to: 2).isEmpty)
        #expect(!driver.take([other], from: 1).sent(to: 2).isEmpty)
    }

    @Test func `two records with one sequence are told and go on, so that all agree`() throws {
        var driver = meet()
        let effects = driver.take([try record()], from: 1, .equivocation)
        #expect(effects.logs.count == 1 && effects.sent(to: 2).count == 1)
    }

    @Test func `a false signature is blamed, ten of them end the session`() throws {
        var driver = meet()
        for number in 1...10 {
            var bytes = try record(50, sequence: UInt64(number)).bytes
            bytes[bytes.count - 1] ^= 1
            let effects = driver.take([try Record(bytes: bytes)], from: 1)
            #expect(effects.stored.isEmpty && effects.sent(to: 2).isEmpty)
            #expect((effects.reason(closing: 1) != nil) == (number == 10))
        }
    }

    @Test func `a false signature sent first does not keep the true record away`() throws {
        var driver = meet()
        let record = try record()
        var bytes = record.bytes
        bytes[bytes.count - 1] ^= 1
        let forged = try Record(bytes: bytes)
        let batch = driver.hear(1, .records([forged.bytes])).verified
        #expect(batch.count == 1)
        let effects = driver.take([record], from: 2)
        #expect(effects.sent(to: 3) == [.records([record.bytes])])
    }

    @Test func `expired, future and restricted records are dropped without blame`() throws {
        var driver = meet()
        let wall = Driver.wallStart
        let records = [
            try Driver.record(50, Driver.node([]), issued: wall - 9_000_000, life: 3_600_000),
            try Driver.record(50, Driver.node([]), issued: wall + 1_000_000),
            try Driver.record(
                50, Driver.node([]), domain: .restricted(tag: [UInt8](repeating: 1, count: 16))),
        ]
        #expect(driver.hear(1, .records(records.map(\.bytes))).isEmpty)
        #expect(driver.core.sessions[1]?.faults == 0)
    }

    @Test func `bytes that are no record are blamed, unknown versions are not`() throws {
        var driver = meet()
        var newer = try record().bytes
        newer[0] = 2
        driver.hear(1, .records([[1, 2, 3], newer]))
        #expect(driver.core.sessions[1]?.faults == 1)
    }

    @Test func `unasked records are bounded for each peer, and checks for all`() throws {
        var driver = meet()
        let bytes = try (0..<40).map { try record(50, sequence: $0 + 1).bytes }
        for _ in 0..<300 { driver.hear(1, .records(bytes)) }
        #expect(driver.core.gossip.waiting == 40)
        #expect(driver.core.sessions[1]?.isClosing == false)
        #expect(driver.hear(1, .records([try record(60).bytes])).verified.isEmpty)
        #expect(driver.hear(2, .records([try record(60).bytes])).verified.count == 1)
    }

    // MARK: Comparing catalogues

    /// A session whose catalogues differ by more than sketches tell.
    private func comparingByPages() -> (Driver, [Effect]) {
        var driver = Driver()
        driver.open(1, 9, isInitiator: true)
        driver.hear(1, .sketch(SketchSample.frame(192)))
        let effects = driver.feed(
            .sketchCompared(1, SketchComparison(gap: 1_000_000, difference: nil)))
        return (driver, effects)
    }

    @Test func `a comparison goes page by page and asks for what is missing in batches`() throws {
        var (driver, opening) = comparingByPages()
        #expect(opening.sent(to: 1).last == .identifiersRequest(after: nil))
        let ids = (0..<100).map { Gossip.name(Array("\($0)".utf8)) }.sorted()
        let effects = driver.hear(
            1, .identifiers(IdentifierPage(ids: ids, isLast: false)))
        guard case .filterMissing(1, ids)? = effects.first else {
            Issue.record("the catalogue was not asked")
            return
        }
        let first = driver.feed(.identifiersMissing(1, ids)).sent(to: 1)
        // All at once: what is on its way may take as long as it likes.
        let asked: [Message] = [
            .recordsRequest(Array(ids.prefix(63))), .recordsRequest(Array(ids.dropFirst(63))),
            .identifiersRequest(after: ids.last),
        ]
        #expect(first == asked)
        #expect(driver.hear(1, .records([])).sent(to: 1).isEmpty)
        #expect(driver.hear(1, .records([])).sent(to: 1).isEmpty)
        driver.hear(1, .identifiers(IdentifierPage(ids: [], isLast: true)))
        #expect(driver.feed(.identifiersMissing(1, [])).isEmpty)
        #expect(driver.core.sessions[1]?.reconciliation == nil)
    }

    @Test func `a page that nobody asked for or that goes back is a fault`() {
        var (driver, _) = comparingByPages()
        let id = Gossip.name([1])
        driver.hear(1, .identifiers(IdentifierPage(ids: [id], isLast: false)))
        driver.hear(1, .identifiers(IdentifierPage(ids: [id], isLast: false)))
        #expect(driver.core.sessions[1]?.faults == 1)
        driver.feed(.identifiersMissing(1, []))
        #expect(driver.hear(1, .identifiers(IdentifierPage(ids: [id], isLast: false))).isEmpty)
        #expect(driver.core.sessions[1]?.faults == 2)
    }

    @Test func `a catalogue without end is not followed`() {
        var (driver, _) = comparingByPages()
        var number: UInt64 = 0
        while driver.core.sessions[1]?.reconciliation != nil, number < 10_000 {
            number += 1
            let id = Digest(words: (number, 0, 0, 0))
            driver.hear(1, .identifiers(IdentifierPage(ids: [id], isLast: false)))
            driver.feed(.identifiersMissing(1, []))
        }
        #expect(number == UInt64(SwarmLimits.pagesMax) + 1)
        #expect(driver.core.sessions[1]?.faults == 1)
    }

    @Test func `catalogues are compared again every half minute or so with someone`() {
        var driver = meet(1)
        driver.hear(1, .sketch(SketchSample.frame(192)))
        driver.feed(.sketchCompared(1, SketchSample.none))
        var times: [UInt64] = []
        for _ in 0..<1800 {
            let effects = driver.pass(Span.second)
            driver.hear(1, .pong(0))
            guard effects.contains(where: SketchSample.isQuestion) else { continue }
            driver.feed(.sketchPrepared(1, SketchRequest(count: 192)))
            driver.hear(1, .sketch(SketchSample.frame(0)))
            times.append(driver.time / Span.second)
        }
        #expect(times.count >= 40 && times.count <= 82)
    }
}
