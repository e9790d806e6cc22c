import Testing
import Wire

@testable import Swarm

@Suite struct SpreadLinkTests {
    private func item(_ number: Int) -> NeighbourMessage.NewsItem {
        .init(hops: 1, record: [UInt8(number & 255), UInt8(number >> 8)])
    }

    @Test func `the first record goes at once, those close behind it together`() {
        var link = SpreadLink()
        let isFirstSent = link.post(item(0), at: 100)
        #expect(isFirstSent)
        let others = (1..<100).filter { link.post(item($0), at: 101) }
        #expect(others.isEmpty)
        let parts = link.takeNews()
        #expect(parts.map(\.count) == [32, 32, 32, 3])
        #expect(parts.flatMap { $0 } == (1..<100).map(item))
        let rest = link.takeNews()
        #expect(rest.isEmpty)
        let isNextSent = link.post(item(7), at: 100 + NeighbourLimits.newsPause)
        #expect(isNextSent)
    }

    @Test func `what waits is bounded, and so are names`() {
        var link = SpreadLink()
        var waiting = 0
        for number in 0..<2_000 where link.hasRoom {
            waiting += link.post(item(number), at: 1) ? 0 : 1
        }
        #expect(waiting == NeighbourLimits.gatheredMax)
        let name = NewsName(of: [1])
        for _ in 0..<NeighbourLimits.seenMax + 10 { link.tell(.init(hops: 1, name: name)) }
        #expect(link.haves.count == NeighbourLimits.seenMax)
    }

    @Test func `a neighbour whose word came to nothing too often is not trusted`() {
        var link = SpreadLink()
        link.unkept = NeighbourLimits.unkeptMax - 1
        #expect(link.isTrusted)
        link.unkept += 1
        #expect(!link.isTrusted)
    }
}
