import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// A publisher, a mirror that keeps what it cannot read, a grantee, and a stranger.
    @Suite("Mirrors", .serialized)
    struct MirrorTests {
        private let laboratory: Laboratory
        private let publisher: TestNode
        private let mirror: TestNode
        private let grantee: TestNode

        init() throws {
            laboratory = try Laboratory()
            publisher = try laboratory.running("publisher")
            mirror = try laboratory.running("mirror", joining: [publisher])
            grantee = try laboratory.running("grantee", joining: [publisher, mirror])
            try mirror.meets(publisher)
            try grantee.meets(publisher)
            try grantee.meets(mirror)
        }

        /// The mirror's owner lets it keep what the publisher asks.
        private func allow() throws {
            try mirror.ask(
                "trust", "--allow", "publisher:\(publisher.key)", "--for", "mirror")
        }

        private func share(_ name: String, _ options: [String]) throws -> String {
            let folder = try laboratory.layerFolder(name, size: 3 << 20)
            return try #require(try publisher.share(folder, options)["layer"]?.string)
        }

        private func mirrored(_ layer: String, _ options: [String] = []) throws -> JSONValue {
            let outcome = try publisher.spawn(
                ["mirror", layer, "--on", mirror.key, "--json"] + options
            ).wait()
            try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            return outcome.json
        }

        /// Waits until a node knows where a layer lies sealed.
        private func knows(_ node: TestNode, _ layer: String) throws {
            try Laboratory.eventually("\(node.name) is told of the mirror") {
                let found = try node.run("show", layer).json["statements"]?.array ?? []
                return found.contains { $0["body"]?["sealed"]?["copies"] != nil }
            }
        }

        private func contracts(_ node: TestNode, _ kind: String) throws -> [JSONValue] {
            try #require(try node.ask("mirror")[kind]?.array)
        }

        @Test
        func `a grantee fetches from a mirror while the publisher is away, and computes the same`()
            throws
        {
            try allow()
            let sample = try LearningSample()
            let shared = try publisher.share(
                LearningSample.adapter,
                [
                    "--visibility", "whitelist", "--allow", grantee.key, "--type", "lora",
                    "--base", LearningSample.base, "--name", "poems", "--licence", "CC-BY-SA-3.0",
                ])
            let layer = try #require(shared["layer"]?.string)
            let contract = try mirrored(layer, ["--days", "3"])
            #expect(contract["state"]?.string == "complete")
            #expect(contract["layer"]?.string == layer)
            try knows(grantee, layer)
            let logits = ["own", "theirs"].map { "\(laboratory.path)/\($0).safetensors" }
            let words = ["--prompt", sample.prompt, "--max-tokens", "4", "--logits"]
            func infer(_ node: TestNode, _ file: String) throws {
                let outcome = try node.spawn(
                    ["infer", "--base", LearningSample.base, "--layer", layer, "--json"] + words
                        + [file]
                ).wait(seconds: 120)
                #expect(outcome.code == 0, "\(outcome.out) \(outcome.error)")
            }
            try infer(publisher, logits[0])
            publisher.stop()
            let fetched = try grantee.ask("fetch", layer, "--out", "\(laboratory.path)/out")
            #expect(fetched["sources"]?.array?.compactMap { $0["node"]?.string } == [mirror.key])
            #expect(try grantee.ask("verify", layer)["ok"] == true)
            let name = "adapter_model.safetensors"
            #expect(
                Laboratory.areEqual(
                    "\(laboratory.path)/out/\(name)", "\(LearningSample.adapter)/\(name)"))
            try infer(grantee, logits[1])
            #expect(Laboratory.areEqual(logits[0], logits[1]))
            // What was opened is here once: the ciphertext is gone.
            let list = try grantee.ask("list")
            let files = try #require(fetched["files"]?.array?.count)
            #expect(list["layers"]?.array?.count == 1)
            #expect(Sealing.objects(of: grantee).count <= files + 3)
        }

        @Test func `an owner without a rule keeps nothing, and says why`() throws {
            let layer = try share("closed", ["--visibility", "private"])
            let words = try publisher.refused("refused", "mirror", layer, "--on", mirror.key)
            #expect(words.contains("plasmid trust --allow"))
            #expect(try contracts(mirror, "heldForOthers").isEmpty)
            #expect(try contracts(publisher, "heldByOthers").isEmpty)
            // Public layers need no sealed copy, and nobody mirrors herself.
            let open = try share("open", [])
            try publisher.refused("refused", "mirror", open, "--on", mirror.key)
            try publisher.refused("refused", "mirror", layer, "--on", publisher.key)
            try publisher.refused("usage", exit: 2, "mirror", layer)
            try publisher.refused("usage", exit: 2, "mirror", "--end")
            try mirror.refused("notFound", "mirror", layer, "--on", publisher.key)
        }

        @Test func `a stranger who asks a mirror is told that there is no such layer`() throws {
            try allow()
            let layer = try share("secret", ["--visibility", "private"])
            let contract = try #require(try mirrored(layer)["contract"]?.string)
            let id = try #require(Digest(hexadecimal: layer))
            let stranger = try Stranger(to: mirror)
            try stranger.shakeHands()
            func answer(_ layer: Digest, _ blob: Digest) throws -> Message? {
                try stranger.say(.open(layer: layer, blob: blob))
                return try stranger.hear { if case .holding = $0 { true } else { false } }
            }
            let absent = Digest(words: (1, 2, 3, 4))
            for blob in [id] + Sealing.objects(of: mirror).compactMap(\.blob) {
                for layer in [id, absent, blob] {
                    let none = Holding(layer: layer, blob: blob, extent: .none)
                    #expect(try answer(layer, blob) == .holding(none))
                }
            }
            // Nor does it matter who says that the contract is over.
            let name = try #require(Digest(hexadecimal: contract))
            try stranger.say(.holdEnd(contract: name))
            #expect(
                try stranger.hear { if case .holdAnswer = $0 { true } else { false } }
                    == .holdAnswer(contract: name, 4, ""))
            #expect(try contracts(mirror, "heldForOthers").count == 1)
        }

        @Test func `the end of a contract removes the ciphertext, whoever ends it`() throws {
            try allow()
            let layer = try share("short", ["--visibility", "private"])
            _ = try mirrored(layer)
            #expect(Sealing.objects(of: mirror).count > 3)
            _ = try publisher.ask("mirror", layer, "--on", mirror.key, "--end")
            try Laboratory.eventually("the mirror removes it") {
                try contracts(mirror, "heldForOthers").isEmpty
                    && Sealing.objects(of: mirror).isEmpty
            }
            try Laboratory.eventually("the publisher knows") {
                try contracts(publisher, "heldByOthers").isEmpty
            }
            try publisher.refused("notFound", "mirror", layer, "--on", mirror.key, "--end")
            // Asked anew, and ended by the mirror's owner.
            let contract = try #require(try mirrored(layer)["contract"]?.string)
            try mirror.ask("mirror", String(contract.prefix(16)), "--end")
            #expect(Sealing.objects(of: mirror).isEmpty)
            try Laboratory.eventually("the publisher knows") {
                try contracts(publisher, "heldByOthers").isEmpty
            }
        }

        @Test func `taking a layer back ends what mirrors keep of it, also while they are away`()
            throws
        {
            try allow()
            let layer = try share("flawed", ["--visibility", "whitelist", "--allow", grantee.key])
            _ = try mirrored(layer)
            try knows(grantee, layer)
            mirror.stop()
            try publisher.ask("withdraw", layer, "--reason", "trained on wrong data")
            #expect(try contracts(publisher, "heldByOthers").first?["state"]?.string == "ending")
            let port = publisher.port
            publisher.stop()
            try mirror.start(["--join", "127.0.0.1:\(port)"])
            #expect(try contracts(mirror, "heldForOthers").count == 1)
            try publisher.start(["--listen", "127.0.0.1:\(port)"])
            try Laboratory.eventually("the mirror is told and removes it", seconds: 40) {
                try contracts(mirror, "heldForOthers").isEmpty
                    && Sealing.objects(of: mirror).isEmpty
            }
            try Laboratory.eventually("the publisher knows") {
                try contracts(publisher, "heldByOthers").isEmpty
            }
            publisher.stop()
            #expect(try grantee.run("fetch", layer, "--wait", "3", seconds: 90).code == 1)
            #expect(try grantee.ask("list")["layers"]?.array?.isEmpty == true)
        }

        @Test func `a request that was made without a node is asked when one runs`() throws {
            try allow()
            let layer = try share("later", ["--visibility", "whitelist"])
            let port = publisher.port
            publisher.stop()
            let asked = try publisher.ask("mirror", layer, "--on", mirror.key, "--days", "2")
            #expect(asked["state"]?.string == "asked")
            try publisher.start(["--listen", "127.0.0.1:\(port)", "--join", mirror.ticket])
            try Laboratory.eventually("the mirror has all of it", seconds: 40) {
                try contracts(publisher, "heldByOthers").first?["state"]?.string == "complete"
            }
            // Who is granted it later is told of the mirror at once.
            let granted = try publisher.ask("grant", layer, grantee.key)
            #expect(granted["body"]?["sealed"]?["copies"]?.array?.count == 1)
            try knows(grantee, layer)
            mirror.kill()
            let restarted = mirror.port
            try mirror.start(["--listen", "127.0.0.1:\(restarted)"])
            #expect(try contracts(mirror, "heldForOthers").first?["state"]?.string == "complete")
            publisher.stop()
            try grantee.meets(mirror)
            try grantee.ask("fetch", layer)
        }

        @Test func `members of an organisation open its layers from a mirror, outsiders do not`()
            throws
        {
            try allow()
            try publisher.ask("org", "create", "northlab")
            try Laboratory.eventually("the member's sealing key is known") {
                try publisher.run("org", "add", "northlab", grantee.key).code == 0
            }
            try Laboratory.eventually("the invitation arrives") {
                try grantee.ask("org", "list")["invitations"]?.array?.count == 1
            }
            try grantee.ask("org", "join", "northlab")
            let first = try share("first", ["--visibility", "organization", "--org", "northlab"])
            _ = try mirrored(first)
            try knows(grantee, first)
            // Taken out, she gets nothing that is sealed in the next epoch.
            try publisher.ask("org", "revoke", "northlab", grantee.key)
            try publisher.ask("org", "rotate", "northlab")
            let second = try share("second", ["--visibility", "organization", "--org", "northlab"])
            _ = try mirrored(second)
            try Laboratory.eventually("the revocation arrives") {
                try grantee.ask("org", "show", "northlab")["fault"]?.string != nil
            }
            publisher.stop()
            for layer in [first, second] {
                #expect(try grantee.run("fetch", layer, "--wait", "3", seconds: 90).code == 1)
            }
        }

        @Test func `a member fetches from a mirror while the publisher is away`() throws {
            try allow()
            try publisher.ask("org", "create", "northlab")
            try Laboratory.eventually("the member's sealing key is known") {
                try publisher.run("org", "add", "northlab", grantee.key).code == 0
            }
            try Laboratory.eventually("the invitation arrives") {
                try grantee.ask("org", "list")["invitations"]?.array?.count == 1
            }
            try grantee.ask("org", "join", "northlab")
            let layer = try share("shared", ["--visibility", "organization", "--org", "northlab"])
            _ = try mirrored(layer)
            try knows(grantee, layer)
            publisher.stop()
            let fetched = try grantee.ask("fetch", layer)
            #expect(fetched["sources"]?.array?.compactMap { $0["node"]?.string } == [mirror.key])
            #expect(try grantee.ask("verify", layer)["ok"] == true)
        }
    }
}

/// What lies in a node's store.
enum Sealing {
    /// A blob's file.
    struct Object {
        let path: String
        let blob: Digest?
    }

    /// Every complete blob.
    static func objects(of node: TestNode) -> [Object] {
        files(below: "\(node.home)/store/obj").map { path in
            Object(
                path: path,
                blob: Digest(hexadecimal: URL(fileURLWithPath: path).lastPathComponent))
        }
    }

    /// Every file below a folder.
    static func files(below folder: String) -> [String] {
        let paths = FileManager.default.enumerator(atPath: folder)?.allObjects ?? []
        return paths.compactMap { $0 as? String }.map { "\(folder)/\($0)" }.filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }
}
