import Testing
import Wire

@testable import Swarm

@Suite struct SketchingTests {
    private func open() -> Driver {
        var driver = Driver()
        driver.open(1, 9, isInitiator: true)
        return driver
    }

    private func compared(
        _ driver: inout Driver, _ count: Int, gap: UInt64 = 0,
        _ difference: SetSketch.Difference?
    ) -> [Effect] {
        let effects = driver.hear(1, .sketch(SketchSample.frame(count)))
        #expect(
            effects.contains {
                if case .compareSketch(1, let frame) = $0 {
                    frame.symbols.count == count
                } else {
                    false
                }
            })
        return driver.feed(
            .sketchCompared(1, SketchComparison(gap: gap, difference: difference)))
    }

    @Test func `what is missing on either side goes over at once`() {
        var driver = Driver()
        #expect(
            driver.open(1, 9, isInitiator: true).sent(to: 1).contains(
                .sketchRequest(SketchRequest(count: 192))))
        let theirs = (0..<100).map { UInt64($0) }
        let effects = compared(&driver, 192, .init(theirs: theirs, ours: [7, 8]))
        let asked: [Message] = [
            .itemsRequest(Array(theirs.prefix(63))), .itemsRequest(Array(theirs.dropFirst(63))),
        ]
        #expect(effects.sent(to: 1) == asked)
        #expect(
            effects.contains { if case .findItems(1, [7, 8]) = $0 { true } else { false } })
        #expect(
            driver.feed(.recordsFound(1, [NewsSample.open([1]), NewsSample.open([2])])).sent(to: 1)
                == [.records([NewsSample.bytes([1]), NewsSample.bytes([2])])])
        #expect(driver.core.sessions[1]?.answering == 0)
        #expect(driver.hear(1, .records([])).sent(to: 1).isEmpty)
        #expect(driver.core.sessions[1]?.reconciliation != nil)
        #expect(driver.hear(1, .records([])).sent(to: 1).isEmpty)
        #expect(driver.core.sessions[1]?.reconciliation == nil)
    }

    @Test func `a sketch that is too small is asked for four times as large, then pages`() {
        var driver = open()
        var sent = compared(&driver, 192, gap: 5, nil)
        for count in [768, 3_072, 4_000] {
            #expect(
                sent.contains {
                    if case .prepareSketch(1, _, count) = $0 { true } else { false }
                }, "\(count)")
            let request = SketchRequest(count: count)
            #expect(
                driver.feed(.sketchPrepared(1, request)).sent(to: 1) == [.sketchRequest(request)])
            sent = compared(&driver, count, gap: 5, nil)
        }
        #expect(sent.sent(to: 1) == [.identifiersRequest(after: nil)])
        #expect(driver.core.sessions[1]?.undecoded == 1)
    }

    @Test func `a gap tells how many symbols are worth asking for`() {
        var driver = open()
        let effects = compared(&driver, 192, gap: 1_000, nil)
        #expect(
            effects.contains {
                if case .prepareSketch(1, _, 2_192) = $0 { true } else { false }
            })
        var other = open()
        let pages = compared(&other, 192, gap: SwarmLimits.sketchGapMax + 1, nil)
        #expect(pages.sent(to: 1) == [.identifiersRequest(after: nil)])
    }

    @Test func `equal catalogues cost one small answer`() {
        var driver = open()
        _ = compared(&driver, 192, .init(theirs: [], ours: []))
        #expect(driver.core.sessions[1]?.reconciliation == nil)
        driver.core.startReconciliation(with: 1)
        driver.feed(.sketchPrepared(1, SketchRequest(count: 192)))
        #expect(driver.hear(1, .sketch(SketchSample.frame(0))).isEmpty)
        #expect(driver.core.sessions[1]?.reconciliation == nil)
        #expect(driver.core.sessions[1]?.faults == 0)
    }

    @Test func `a peer that does not answer is compared with by pages`() {
        var driver = open()
        let effects = driver.pass(SwarmLimits.replyPatience + 2 * Span.second)
        #expect(effects.sent(to: 1).contains(.identifiersRequest(after: nil)))
        // Its answer comes too late, which is no fault.
        #expect(driver.hear(1, .sketch(SketchSample.frame(192))).isEmpty)
        #expect(driver.core.sessions[1]?.faults == 0)
    }

    @Test func `another sketch than was asked for, and equality from nowhere, are faults`() {
        var driver = open()
        driver.hear(1, .sketch(SketchSample.frame(191)))
        #expect(driver.core.sessions[1]?.faults == 1)
        driver.hear(1, .sketch(SketchSample.frame(0)))
        #expect(driver.core.sessions[1]?.faults == 2)
    }

    @Test func `sketches that never come apart are a fault in the end`() {
        var driver = open()
        for turn in 1...SwarmLimits.undecodedMax + 1 {
            if turn > 1 {
                driver.core.startReconciliation(with: 1)
                driver.feed(.sketchPrepared(1, SketchRequest(count: 192)))
            }
            #expect(driver.core.sessions[1]?.faults == 0)
            _ = compared(&driver, 192, gap: 1_000_000, nil)
        }
        #expect(driver.core.sessions[1]?.faults == 1)
    }

    @Test func `a peer's question is answered by the shell`() {
        var driver = open()
        let request = SketchRequest(count: 10)
        #expect(
            driver.hear(1, .sketchRequest(request)).contains {
                if case .makeSketch(1, request) = $0 { true } else { false }
            })
        let frame = SketchSample.frame(10)
        #expect(driver.feed(.sketchMade(1, frame)).sent(to: 1) == [.sketch(frame)])
        driver.hear(1, .sketchRequest(request))
        #expect(driver.feed(.sketchMade(1, nil)).isEmpty)
        #expect(driver.core.sessions[1]?.answering == 0)
        #expect(
            driver.hear(1, .itemsRequest([3])).contains {
                if case .findItems(1, [3]) = $0 { true } else { false }
            })
    }
}
