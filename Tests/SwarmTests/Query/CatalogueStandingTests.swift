import Genome
import Testing
import Wire

@testable import Swarm

/// What a node's catalogue is good for, and how a light node lives.
@Suite struct CatalogueStandingTests {
    private func compare(_ driver: inout Driver, features: UInt64) {
        driver.open(1, 9, isInitiator: true)
        driver.introduce(1, features: features)
        driver.hear(1, .sketch(SketchSample.frame(192)))
        driver.feed(
            .sketchCompared(
                1, SketchComparison(gap: 0, difference: .init(theirs: [], ours: []))))
    }

    @Test func `is whole once it agreed with one that keeps everything`() {
        var driver = Driver()
        #expect(driver.core.standing == .filling)
        compare(&driver, features: Introduction.neighbours)
        #expect(driver.core.standing == .whole)
    }

    @Test func `is not whole for having agreed with a light one`() {
        var driver = Driver()
        compare(&driver, features: Introduction.light)
        #expect(driver.core.standing == .filling)
    }

    // MARK: Light nodes

    private func light() -> Driver {
        var driver = Driver()
        driver.core.settings.isLight = true
        return driver
    }

    @Test func `a light node compares nothing and keeps what concerns it`() throws {
        var driver = light()
        let opening = driver.open(1, 2, isInitiator: true).sent(to: 1)
        #expect(
            opening.contains { message in
                if case .introduction(let said) = message {
                    said.features & Introduction.light != 0
                        && said.features & Introduction.neighbours == 0
                } else {
                    false
                }
            })
        #expect(!opening.contains { if case .sketchRequest = $0 { true } else { false } })
        driver.introduce(1)
        let foreign = try AskingTests.layer(9, "foreign")
        #expect(driver.hear(1, .records([foreign.bytes])).verified.isEmpty)
        let later = driver.pass(30 * Span.second).sent(to: 1)
        #expect(!later.contains { if case .sketchRequest = $0 { true } else { false } })
        let sample = try Sample(by: 9)
        driver.feed(.layerHeld(sample.held))
        let own = try Driver.record(9, .layer(sample.content))
        #expect(driver.hear(1, .records([own.bytes])).verified.count == 1)
        #expect(driver.core.standing == .light)
    }

    @Test func `a light node tells its own news whole to all`() throws {
        var driver = light()
        driver.open(1, 2)
        driver.introduce(1)
        let (records, later) = try driver.announce(driver.pass(2 * Span.second))
        #expect(!records.isEmpty)
        #expect(later.sent(to: 1).contains(.records([records[0].bytes])))
        guard case .node(let content) = records[0].content else {
            Issue.record("its first word is about itself")
            return
        }
        #expect(content.services == .blobs)
    }

    @Test func `others list a light node's records and send it none`() throws {
        var driver = Driver()
        driver.open(1, 2)
        driver.open(2, 3)
        driver.introduce(1, features: Introduction.light)
        driver.introduce(2, features: 0)
        let sent = driver.pass(2 * Span.second).sent(to: 1)
        #expect(sent.contains(.identifiersRequest(after: nil)))
        #expect(!sent.contains { if case .sketchRequest = $0 { true } else { false } })
        let news = driver.take([try AskingTests.layer(9, "news")], from: 2)
        #expect(news.sent(to: 1).isEmpty)
    }

    @Test func `a light node calls others until it can ask eight, in parts it has nobody in`() {
        var driver = light()
        driver.open(1, 2)
        for index in 0..<40 {
            let place = Driver.address(UInt8(index), [UInt8(30 + index % 8), 1, 1])
            driver.core.addresses.tell(
                PeerAddress(key: Driver.key(UInt8(100 + index)).publicKey, endpoints: [place]),
                by: Driver.key(2).publicKey, from: place, isSigned: false, at: driver.moment)
        }
        var number: SessionNumber = 10
        for _ in 0..<30 {
            for dial in driver.pass(Span.second).dials {
                guard let key = dial.key else { continue }
                number += 1
                let facts = SessionFacts(
                    peer: key, endpoint: dial.endpoints[0], isInitiator: true, dial: dial.dial)
                driver.feed(.sessionOpened(number, facts))
                driver.introduce(
                    number, features: Introduction.searches | Introduction.neighbours)
            }
        }
        let able = driver.core.sessions.values.filter { driver.core.answersSearches($0) }
        #expect(able.count == SearchLimits.nodesMax)
        #expect(driver.core.sessions.values.allSatisfy { !$0.isNeighbour })
        let groups = Set(able.compactMap { Netgroup($0.facts.endpoint) })
        #expect(groups.count >= SearchLimits.groupsWanted)
    }
}
