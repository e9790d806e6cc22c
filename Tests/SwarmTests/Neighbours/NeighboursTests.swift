import Testing
import Wire

@testable import Swarm

/// Gossip among neighbours inside a whole core.
@Suite struct NeighboursTests {
    /// A core with so many neighbours, on sessions from 1.
    private func settled(_ count: Int) -> Driver {
        var driver = Driver()
        for number in 1...count {
            let session = SessionNumber(number)
            let seed = UInt8(20 + number)
            driver.open(session, seed, from: Driver.address(seed, [seed, 9, 9]))
            driver.introduce(session)
            driver.hear(session, .neighbour(.ask(isUrgent: false)))
            #expect(driver.core.sessions[session]?.isNeighbour == true)
        }
        return driver
    }

    private func record(_ number: Int) throws -> Record {
        let key = Driver.key(UInt8(100 + number % 100))
        var content = LayerContent(
            layer: Blake3.hash(Array("\(number)".utf8)), manifestSize: 9, type: "memory",
            name: "n\(number)", version: "1.0.0", licence: "MIT", size: 1, files: 1)
        content.summary = nil
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: 1, issued: Driver.wallStart,
            expires: Driver.wallStart + 86_400_000, content: .layer(content))
        return try unsigned.signed(key.sign(unsigned.signingInput))
    }

    @Test
    func `thousands of records out of a comparison are told by name, and not to their source`()
        throws
    {
        var driver = settled(3)
        var effects: [Effect] = []
        for batch in 0..<40 {
            let records = try (0..<50).map { try record(batch * 50 + $0) }
            _ = driver.core.sessions.change(1) { $0.batchesAsked = [63] }
            effects += driver.take(records, from: 1)
        }
        effects += driver.pass(5 * Span.second)
        var (whole, named) = ([SessionNumber: Int](), [SessionNumber: Int]())
        for effect in effects {
            switch effect {
            case .send(let session, .neighbour(.news(let items))):
                whole[session, default: 0] += items.count
            case .send(let session, .neighbour(.haves(let haves))):
                named[session, default: 0] += haves.count
            default: break
            }
        }
        #expect(whole.isEmpty)
        #expect(named == [2: 2_000, 3: 2_000])
    }

    @Test func `a neighbour that talks too much is not heard, and not blamed`() throws {
        var driver = settled(2)
        for _ in 0..<20_000 { driver.hear(1, .neighbour(.prune)) }
        #expect(driver.core.sessions[1]?.faults == 0)
        // What was not looked at may come again.
        let news = try record(1)
        let item = NeighbourMessage.NewsItem(hops: 1, record: news.bytes)
        #expect(driver.hear(1, .neighbour(.news([item]))).verified.isEmpty)
        #expect(driver.hear(2, .neighbour(.news([item]))).verified.count == 1)
    }

    @Test func `a restricted record that comes as news is dropped, and not asked for again`() throws
    {
        var driver = settled(2)
        let key = Driver.key(90)
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: 1, issued: Driver.wallStart,
            expires: Driver.wallStart + 86_400_000,
            domain: .restricted(tag: [UInt8](repeating: 7, count: 16)),
            content: try record(1).content)
        let hidden = try unsigned.signed(key.sign(unsigned.signingInput))
        let item = NeighbourMessage.NewsItem(hops: 1, record: hidden.bytes)
        #expect(driver.hear(1, .neighbour(.news([item]))).verified.isEmpty)
        let have = NeighbourMessage.Have(hops: 1, name: NewsName(of: hidden.bytes))
        driver.hear(2, .neighbour(.haves([have])))
        let later = driver.pass(2 * Span.second)
        #expect(
            !later.contains { if case .send(2, .neighbour(.graft)) = $0 { true } else { false } })
    }

    @Test
    func `addresses that may not be dialled are not passed on, nor is what is left of nothing`()
        throws
    {
        var driver = settled(4)
        let site = try #require(Endpoint(bytes: [192, 168, 1, 9], port: 4747))
        let peer = PeerAddress(key: Driver.key(99).publicKey, endpoints: [site])
        let walk = NeighbourMessage.shuffle(number: 5, hopsLeft: 6, [peer])
        for effect in driver.hear(1, .neighbour(walk)) {
            guard case .send(_, let message) = effect else { continue }
            #expect(throws: Never.self) { try Message(bytes: message.bytes) }
            if case .neighbour(.shuffle) = message { Issue.record("it was passed on") }
        }
    }
}
