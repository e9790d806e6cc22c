import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// Peers that break the rules, each against one running node.
    @Suite("A node that meets a hostile peer", .serialized)
    struct HostilePeerTests {
        private let laboratory: Laboratory
        private let node: TestNode

        init() throws {
            laboratory = try Laboratory()
            node = try laboratory.running("a")
        }

        /// The node is up, and a stranger who keeps to the rules is served.
        private func expectServing() throws {
            #expect(node.isRunning, "\(node.log)")
            let honest = try Stranger(to: node, seed: 1)
            try honest.shakeHands()
            #expect(try honest.isAnswered())
        }

        private func names() throws -> [String] {
            (try node.ask("find")["results"]?.array ?? []).compactMap { $0["ref"]?.string }
        }

        private func waitForName(_ name: String) throws {
            try Laboratory.eventually("\(name) was taken in") {
                try names().contains { $0.contains("/\(name)@") }
            }
        }

        @Test func `closes on garbage, truncated hellos and oversized frames`() throws {
            for seed in 1...20 as ClosedRange<UInt64> {
                let stranger = try Stranger(to: node)
                stranger.send(Laboratory.bytes(Int(seed * 97), seed: seed))
                stranger.endSending()
                #expect(stranger.isClosedByNode(), "garbage \(seed)")
            }
            for count in [0, 1, 2, 3, 10, 41, 73] {
                let stranger = try Stranger(to: node)
                let hello = try stranger.hello(stranger.identity()).1
                stranger.send(Array(hello.prefix(count)))
                stranger.endSending()
                #expect(stranger.isClosedByNode(), "\(count) bytes of a hello")
            }
            let stranger = try Stranger(to: node)
            stranger.send([0xff, 0xff] + [UInt8](repeating: 0x50, count: 65_535))
            #expect(stranger.isClosedByNode(), "an oversized hello")
            let liar = try Stranger(to: node)
            liar.send([0x00, 0x00, 0x00, 0x00])
            #expect(liar.isClosedByNode(), "an empty frame")
            try expectServing()
        }

        @Test func `refuses another network and a certificate that another key signed`() throws {
            let other = try Stranger(to: node)
            let network = NetworkFile.identifier(name: "elsewhere")
            #expect(throws: WireError.otherNetwork) {
                try other.shakeHands(other.identity(network: network))
            }
            #expect(other.isClosedByNode())
            let thief = try Stranger(to: node)
            let signer = try #require(SigningKey(seed: [UInt8](repeating: 5, count: 32)))
            try thief.shakeHands(thief.identity(signer: signer))
            #expect(try !thief.isAnswered())
            #expect(try node.ask("status")["peers"]?.integer == 0)
            try expectServing()
        }

        @Test func `closes a channel on bytes that are not authentic or not allowed`() throws {
            let flipping = try Stranger(to: node)
            try flipping.shakeHands()
            var frame = try flipping.sealed(.ping(1))
            frame[frame.count - 1] ^= 1
            flipping.send(frame)
            #expect(flipping.isClosedByNode())

            let replaying = try Stranger(to: node)
            try replaying.shakeHands()
            let ping = try replaying.sealed(.ping(1))
            replaying.send(ping + ping)
            #expect(replaying.isClosedByNode())

            let pushing = try Stranger(to: node)
            try pushing.shakeHands()
            try pushing.say(.data(request: 1, byteCount: 1 << 62))
            #expect(pushing.isClosedByNode())

            let speaking = try Stranger(to: node)
            try speaking.shakeHands()
            try speaking.say(.unknown(type: 99))
            #expect(speaking.isClosedByNode())
            let newer = try Stranger(to: node)
            try newer.shakeHands()
            try newer.say(.unknown(type: 250))
            #expect(try newer.isAnswered(), "what only newer versions know is passed over")
            try expectServing()
        }

        @Test func `answers what is not here with nothing`() throws {
            let stranger = try Stranger(to: node)
            try stranger.shakeHands()
            let layer = Digest(words: (9, 9, 9, 9))
            try stranger.say(.envelopeRequest(layer: layer))
            try #expect(
                stranger.hear { if case .envelope = $0 { true } else { false } }
                    == .envelope(layer: layer, bytes: []))
            let request = GroupRequest(request: 4, layer: layer, blob: layer, group: .max)
            try stranger.say(.get(request))
            let answer = try stranger.hear { if case .reject = $0 { true } else { false } }
            #expect(answer == .reject(request: 4, reason: .absent, retryMilliseconds: 0))
            try stranger.say(.groupsRequest(layer: layer, blob: layer, page: .max))
            #expect(try stranger.isAnswered())
        }

        @Test func `takes in no record that is bent, expired or older than the known one`() throws {
            let stranger = try Stranger(to: node)
            try stranger.shakeHands()
            let good = try stranger.layerRecord(named: "second", sequence: 20)
            try stranger.say(.records([good.bytes]))
            try waitForName("second")

            let old = try stranger.layerRecord(named: "first", sequence: 10)
            let day: UInt64 = 86_400_000
            let expired = try stranger.layerRecord(
                named: "expired", sequence: 30, ageMilliseconds: 2 * day, number: 2)
            let content = good.bytes
            var bent = try stranger.layerRecord(named: "bent", sequence: 40, number: 3).bytes
            bent[bent.count - 1] ^= 1
            let garbage: [UInt8] = Array(Laboratory.bytes(200))
            try stranger.say(.records([old.bytes, expired.bytes]))
            try stranger.say(.records([bent, garbage, Array(content.dropLast(70)), content]))
            #expect(try stranger.isAnswered())
            usleep(300_000)
            #expect(try names().count == 1)
            #expect(try names().allSatisfy { $0.contains("/second@") })

            bent[bent.count - 1] ^= 1
            try stranger.say(.records([bent]))
            try waitForName("bent")
            try expectServing()
        }

        @Test func `is done with a peer that goes on breaking the rules`() throws {
            let stranger = try Stranger(to: node)
            try stranger.shakeHands()
            for number in 1...12 as ClosedRange<UInt64> {
                var bytes = try stranger.layerRecord(
                    named: "bent", sequence: number, number: number
                ).bytes
                bytes[bytes.count - 1] ^= 1
                try stranger.say(.records([bytes]))
            }
            #expect(stranger.isClosedByNode())
            try expectServing()
        }

        @Test func `stays reachable under a flood of half-open connections`() throws {
            var flood: [Stranger] = []
            for _ in 0..<400 { flood.append(try Stranger(to: node, seconds: 1)) }
            #expect(node.isRunning)
            #expect(try node.ask("status")["running"]?.bool == true)
            flood = []
            var isServed = false
            try Laboratory.eventually("an honest peer is served after the flood") {
                let honest = try Stranger(to: node, seed: 1)
                try? honest.shakeHands()
                isServed = try honest.channel != nil && honest.isAnswered()
                return isServed
            }
            #expect(isServed)
            #expect(node.isRunning)
        }
    }
}
