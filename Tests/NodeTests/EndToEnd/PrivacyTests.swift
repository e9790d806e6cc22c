import Genome
import Host
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// What never leaves a machine.
    @Suite("What its owner keeps", .serialized)
    struct PrivacyTests {
        private let laboratory: Laboratory
        private let a: TestNode

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
        }

        private func names(_ node: TestNode) throws -> [String] {
            (try node.ask("find")["results"]?.array ?? []).compactMap { $0["ref"]?.string }
        }

        @Test func `a private layer is neither announced nor served`() throws {
            let secret = try laboratory.write("secret.txt", "Known to one machine.\n")
            let hidden = try a.share(secret, ["--visibility", "private"])
            let layer = try #require(hidden["layer"]?.string)
            let blob = try #require(hidden["files"]?.array?.first?["blob"]?.string)
            let open = try laboratory.write("open.txt", "Known to all.\n")
            _ = try a.share(open)
            let b = try laboratory.running("b", joining: [a])
            _ = try b.ask("find", "--wait", "20")
            #expect(try names(b).allSatisfy { !$0.contains("secret") })
            #expect(try names(b).count == 1)
            let absent = String(repeating: "7", count: 64)
            let tries = try [absent, layer].map { id in
                try b.spawn(["fetch", id, "--wait", "3", "--json"])
            }
            let (unknown, refused) = (tries[0].wait(), tries[1].wait())
            #expect(unknown.failure == "unreachable" && refused.failure == "unreachable")
            let words = refused.words.replacing(layer, with: absent)
            #expect(words.replacing(layer.prefix(16), with: absent.prefix(16)) == unknown.words)

            let stranger = try Stranger(to: a)
            try stranger.shakeHands()
            let id = try #require(Digest(hexadecimal: layer))
            let file = try #require(Digest(hexadecimal: blob))
            try stranger.say(.open(layer: id, blob: file))
            let holding = try stranger.hear { if case .holding = $0 { true } else { false } }
            #expect(holding == .holding(Holding(layer: id, blob: file, extent: .none)))
            try stranger.say(.get(GroupRequest(request: 1, layer: id, blob: file, group: 0)))
            let reject = try stranger.hear { if case .reject = $0 { true } else { false } }
            #expect(reject == .reject(request: 1, reason: .absent, retryMilliseconds: 0))
            try stranger.say(.envelopeRequest(layer: id))
            let envelope = try stranger.hear { if case .envelope = $0 { true } else { false } }
            #expect(envelope == .envelope(layer: id, bytes: []))
        }

        @Test func `a node that does not seed announces nothing that it fetched`() throws {
            let file = try laboratory.write("open.txt", "Known to all.\n")
            let layer = try #require(try a.share(file)["layer"]?.string)
            let quiet = try laboratory.running("quiet", joining: [a], ["--no-seed"])
            _ = try quiet.ask("find", "--wait", "20")
            _ = try quiet.ask("fetch", layer)
            let loud = try laboratory.running("loud", joining: [a])
            _ = try loud.ask("find", "--wait", "20")
            _ = try loud.ask("fetch", layer)
            try Laboratory.eventually("A hears of the node that seeds") {
                try a.ask("show", layer)["holders"]?.array?.contains(.string(loud.key)) == true
            }
            let holders = try a.ask("show", layer)["holders"]?.array ?? []
            #expect(!holders.contains(.string(quiet.key)))
            let own = try laboratory.write("own.txt", "Made by the quiet one.\n")
            let ownLayer = try #require(try quiet.share(own)["layer"]?.string)
            try Laboratory.eventually("what it made itself is announced") {
                try a.run("show", ownLayer).code == 0
            }
            let stranger = try Stranger(to: quiet)
            try stranger.shakeHands()
            let id = try #require(Digest(hexadecimal: layer))
            try stranger.say(.envelopeRequest(layer: id))
            let envelope = try stranger.hear { if case .envelope = $0 { true } else { false } }
            #expect(envelope == .envelope(layer: id, bytes: []))
        }
    }
}
