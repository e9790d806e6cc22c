import Genome
import Host
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// Layers for named keys, layers taken back, and what owners let their machines do.
    @Suite("Grants", .serialized)
    struct GrantTests {
        private let laboratory: Laboratory
        private let publisher: TestNode
        private let friend: TestNode
        private let stranger: TestNode

        init() throws {
            laboratory = try Laboratory()
            publisher = try laboratory.running("publisher")
            friend = try laboratory.running("friend", joining: [publisher])
            stranger = try laboratory.running("stranger", joining: [publisher, friend])
            try friend.meets(publisher)
            try stranger.meets(publisher)
        }

        private func chosen(_ options: [String] = []) throws -> String {
            let file = try laboratory.write("chosen.txt", "For a chosen few.\n")
            let shared = try publisher.share(file, ["--visibility", "whitelist"] + options)
            return try #require(shared["layer"]?.string)
        }

        private func isKnown(_ node: TestNode, _ text: String) throws -> Bool {
            try node.ask("find", text)["results"]?.array?.count == 1
        }

        @Test func `a granted key finds and fetches, nobody else, until it is taken back`() throws {
            let layer = try chosen(["--allow", friend.key])
            try Laboratory.eventually("the friend hears of it") { try isKnown(friend, "chosen") }
            let row = try friend.ask("find", "chosen")["results"]?.array?.first
            #expect(row?["visibility"]?.string == "whitelist")
            try friend.ask("fetch", layer)
            #expect(try !isKnown(stranger, "chosen"))
            #expect(try stranger.run("fetch", layer, "--wait", "3").failure == "unreachable")
            // Whoever was granted it may not give it on: a friend's node does not serve it.
            #expect(try friend.ask("status")["layers"] == 1)

            try publisher.refused("notFound", "revoke", layer, stranger.key)
            let revoked = try publisher.ask("revoke", layer, friend.key)
            #expect(revoked["body"]?["isRevoked"] == true)
            try Laboratory.eventually("the friend's node may not use it any more") {
                try friend.run("infer", "--layer", layer, "--prompt", "x").failure == "notFound"
            }
        }

        @Test(arguments: [
            ["remove", "--last-copy"], ["withdraw", "--reason", "a mistake"],
            ["revoke", "--visibility", "private"], ["revoke", "KEY"],
        ])
        func `who was away learns what is not for her any more`(words: [String]) throws {
            let layer = try chosen(["--allow", friend.key])
            try Laboratory.eventually("the friend hears of it") { try isKnown(friend, "chosen") }
            let kept = try laboratory.write("kept.txt", "Still for the chosen few.\n")
            _ = try publisher.share(kept, ["--visibility", "whitelist", "--allow", friend.key])
            try Laboratory.eventually("and of the other") { try isKnown(friend, "kept") }
            friend.stop()
            let options = words.dropFirst().map { $0 == "KEY" ? friend.key : $0 }
            let outcome = try publisher.spawn([words[0], layer] + options).wait()
            #expect(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            // Nothing of what it told is in its memory then.
            let port = publisher.port
            publisher.stop()
            try publisher.start(["--listen", "127.0.0.1:\(port)"])
            try friend.start(["--join", publisher.ticket])
            try Laboratory.eventually("the friend finds it no more") {
                try !isKnown(friend, "chosen")
            }
            #expect(try isKnown(friend, "kept"))
        }

        @Test func `a stolen grant opens nothing for the thief`() throws {
            let layer = try chosen(["--allow", friend.key])
            try Laboratory.eventually("the friend hears of it") { try isKnown(friend, "chosen") }
            // The grant is no secret: the thief has its bytes, as the friend's journal holds them.
            let shown = try friend.ask("show", layer)
            #expect(shown["statements"]?.array?.contains { $0["kind"]?.string == "grant" } == true)
            let thief = try Stranger(to: publisher)
            try thief.shakeHands()
            let id = try #require(Digest(hexadecimal: layer))
            let key = thief.key
            var body = JSONObject()
            body["grantee"] = .string(friend.key)
            body["commands"] = ["read", "run"]
            let copy = try Statement.make(
                kind: .grant, layer: id, publisher: key.publicKey, sequence: 1, issued: 1,
                body: body)
            try thief.say(.statement(copy.signed(by: key).encode()))
            try thief.say(.envelopeRequest(layer: id))
            let answer = try thief.hear { if case .envelope = $0 { true } else { false } }
            #expect(answer == .envelope(layer: id, bytes: []))
        }

        @Test func `grants are for whitelist layers, and for others than their publisher`() throws {
            let file = try laboratory.write("open.txt", "For all.\n")
            let open = try #require(try publisher.share(file)["layer"]?.string)
            try publisher.refused("refused", "grant", open, friend.key)
            let layer = try chosen()
            try publisher.refused("refused", "grant", layer, publisher.key)
            try publisher.refused("usage", exit: 2, "grant", layer, "no-key")
            try friend.refused("notFound", "grant", layer, stranger.key)
            let granted = try publisher.ask(
                "grant", layer, friend.key, "--for", "read", "--days", "3", "--not-in", "clinical")
            #expect(granted["body"]?["commands"] == ["read"])
            #expect(granted["expires"]?.integer != nil)
            try Laboratory.eventually("the friend hears of it") { try isKnown(friend, "chosen") }
            try friend.ask("fetch", layer)
            let words = try friend.refused(
                "refused", "infer", "--layer", layer, "--prompt", "x")
            #expect(words.contains("notGranted"))
        }

        @Test func `a layer taken back is served by nobody, and everyone is told why`() throws {
            let file = try laboratory.write("flawed.txt", "Learned from wrong data.\n")
            let layer = try #require(try publisher.share(file)["layer"]?.string)
            try Laboratory.eventually("the friend hears of it") { try isKnown(friend, "flawed") }
            try friend.ask("fetch", layer)
            try Laboratory.eventually("the stranger hears of it") {
                try isKnown(stranger, "flawed")
            }
            try Laboratory.eventually("the stranger hears of the mirror") {
                try stranger.ask("show", layer)["holders"]?.array?.count == 2
            }
            let taken = try publisher.ask(
                "withdraw", layer, "--reason", "trained on wrong data")
            #expect(taken["kind"]?.string == "withdrawal")
            try Laboratory.eventually("its records are gone") { try !isKnown(stranger, "flawed") }
            #expect(try stranger.run("fetch", layer, "--wait", "3").failure == "unreachable")
            try Laboratory.eventually("the mirror knows why") {
                _ = try friend.ask("status")
                return friend.log.contains("trained on wrong data")
            }
            let port = friend.port
            friend.stop()
            try friend.start(["--listen", "127.0.0.1:\(port)"])
            try stranger.meets(friend)
            #expect(try stranger.run("fetch", layer, "--wait", "3").failure == "unreachable")
        }

        @Test func `a layer can be for fewer from now on, and never for more`() throws {
            let file = try laboratory.write("wide.txt", "For all at first.\n")
            let layer = try #require(try publisher.share(file)["layer"]?.string)
            try Laboratory.eventually("the stranger hears of it") { try isKnown(stranger, "wide") }
            try publisher.ask("revoke", layer, "--visibility", "private")
            try Laboratory.eventually("its record is gone") { try !isKnown(stranger, "wide") }
            #expect(try stranger.run("fetch", layer, "--wait", "3").failure == "unreachable")
            let narrow = try chosen()
            try publisher.refused("refused", "revoke", narrow, "--visibility", "public")
        }

        @Test func `an owner's rules keep layers out, and say so`() throws {
            let file = try laboratory.write("open.txt", "For all.\n")
            let layer = try #require(try publisher.share(file)["layer"]?.string)
            try Laboratory.eventually("the friend hears of it") { try isKnown(friend, "open") }
            try friend.ask("trust", "--deny", "publisher:\(publisher.key)", "--for", "fetch,run")
            let words = try friend.refused("refused", "fetch", layer)
            #expect(words.contains("ownerPolicy") && words.contains("plasmid trust"))
            let rules = try friend.ask("trust")["rules"]?.array
            #expect(rules?.count == 1)
            try friend.ask("trust", "--clear-rules")
            try friend.ask("fetch", layer)
            try friend.refused("usage", exit: 2, "trust", "--deny", "colour:red")
            // What must be attested first is not run before.
            try friend.ask("trust", "--deny", "unverified:replayed", "--for", "run")
            let run = try friend.refused("refused", "infer", "--layer", layer, "--prompt", "x")
            #expect(run.contains("replayed"))
        }
    }
}
