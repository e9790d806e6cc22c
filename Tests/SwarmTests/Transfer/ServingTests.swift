import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct ServingTests {
    private func questions(_ layer: Digest, _ blob: Digest) -> [Message] {
        [
            .open(layer: layer, blob: blob), .envelopeRequest(layer: layer),
            .groupsRequest(layer: layer, blob: blob, page: 0),
            .get(GroupRequest(request: 5, layer: layer, blob: blob, group: 0)),
        ]
    }

    @Test func `a public layer is served`() throws {
        var driver = Driver()
        let sample = try Sample(by: 1)
        driver.feed(.layerHeld(sample.held))
        driver.open(1, 2)
        let blob = try #require(sample.files.keys.first)
        let effects = questions(sample.id, blob).flatMap { driver.hear(1, $0) }.unnoted
        let words = effects.sent(to: 1)
        #expect(words[0] == .holding(Holding(layer: sample.id, blob: blob, extent: .complete)))
        #expect(words[1] == .envelope(layer: sample.id, bytes: sample.envelope))
        guard case .serveGroupPage(1, blob, 0) = effects[2], case .serveGroup(1, _) = effects[3]
        else {
            Issue.record("page and group are not served")
            return
        }
    }

    @Test func `a private layer is answered exactly like one that is not here`() throws {
        let secret = try Sample(by: 1, visibility: .private)
        let direct = try Sample(by: 2, name: "direct", isPeerToPeer: false)
        for sample in [secret, direct] {
            let blob = try #require(sample.files.keys.first)
            var with = Driver()
            var without = Driver()
            with.feed(.layerHeld(sample.held))
            with.open(1, 3)
            without.open(1, 3)
            for question in questions(sample.id, blob) {
                let first = with.hear(1, question).unnoted.map { "\($0)" }
                #expect(first == without.hear(1, question).map { "\($0)" })
                #expect(first.count == 1)
            }
        }
    }

    @Test func `groups and pages beyond the blob are absent`() throws {
        var driver = Driver()
        let sample = try Sample(by: 1, groups: [2])
        driver.feed(.layerHeld(sample.held))
        driver.open(1, 2)
        let blob = try #require(sample.files.keys.first)
        for group: UInt64 in [2, .max] {
            let request = GroupRequest(request: 1, layer: sample.id, blob: blob, group: group)
            #expect(
                driver.hear(1, .get(request)).sent(to: 1)
                    == [.reject(request: 1, reason: .absent, retryMilliseconds: 0)])
            let page = Message.groupsRequest(layer: sample.id, blob: blob, page: group)
            #expect(
                driver.hear(1, page).sent(to: 1)
                    == [.groups(blob: blob, page: group, bytes: [])])
        }
    }

    @Test func `above 64 requests a peer is told to come back, and served again afterwards`() throws
    {
        var driver = Driver()
        let sample = try Sample(by: 1)
        driver.feed(.layerHeld(sample.held))
        driver.open(1, 2)
        let blob = try #require(sample.files.keys.first)
        func get(_ number: UInt64) -> Message {
            .get(GroupRequest(request: number, layer: sample.id, blob: blob, group: 0))
        }
        // Sixteen are read and sent, the others wait for their turn.
        let sent = (0..<64).map { driver.hear(1, get(UInt64($0))).unnoted.count }
        #expect(sent.reduce(0, +) == ServeQueue.sendingMax && driver.core.serving.waiting == 48)
        #expect(
            driver.hear(1, get(64)).sent(to: 1)
                == [.reject(request: 64, reason: .busy, retryMilliseconds: 500)])
        #expect(driver.hear(1, get(3)).isEmpty)
        driver.feed(.served(1, request: 3, byteCount: 10))
        driver.feed(.served(1, request: 3, byteCount: 0))
        #expect(driver.core.sessions[1]?.serving.count == 63)
        #expect(driver.core.sessions[1]?.sent == 10)
        #expect(driver.hear(1, get(65)).sent(to: 1).isEmpty)
    }

    @Test func `only a request that is being answered can be cancelled`() throws {
        var driver = Driver()
        let sample = try Sample(by: 1)
        driver.feed(.layerHeld(sample.held))
        driver.open(1, 2)
        let blob = try #require(sample.files.keys.first)
        #expect(driver.hear(1, .cancel(request: 5)).isEmpty)
        driver.hear(1, .get(GroupRequest(request: 5, layer: sample.id, blob: blob, group: 0)))
        guard case .cancelServing(1, 5)? = driver.hear(1, .cancel(request: 5)).first else {
            Issue.record("not cancelled")
            return
        }
    }
}
