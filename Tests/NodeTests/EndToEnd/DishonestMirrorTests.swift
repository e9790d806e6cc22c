import Foundation
import Genome
import Host
import Store
import Swarm
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// Two honest nodes and a mirror whose owner does what she likes with what she keeps.
    @Suite("A dishonest mirror", .serialized)
    struct DishonestMirrorTests {
        private let laboratory: Laboratory
        private let publisher: TestNode
        private let mirror: TestNode
        private let grantee: TestNode
        private let layer: String
        private let contract: Digest
        private let plain: [UInt8]

        init() throws {
            laboratory = try Laboratory()
            publisher = try laboratory.running("publisher")
            mirror = try laboratory.running("mirror", joining: [publisher])
            grantee = try laboratory.running("grantee", joining: [publisher, mirror])
            try mirror.meets(publisher)
            try grantee.meets(publisher)
            try grantee.meets(mirror)
            let folder = try laboratory.layerFolder("confided", size: 3 << 20)
            plain = [UInt8](
                try Data(contentsOf: URL(fileURLWithPath: "\(folder)/data.safetensors")))
            try mirror.ask(
                "trust", "--allow", "publisher:\(publisher.key)", "--for", "mirror")
            let shared = try publisher.share(
                folder, ["--visibility", "whitelist", "--allow", grantee.key])
            layer = try #require(shared["layer"]?.string)
            let held = try publisher.ask("mirror", layer, "--on", mirror.key)
            contract = try #require(held["contract"]?.string.flatMap { Digest(hexadecimal: $0) })
            try Laboratory.eventually("the grantee is told of the mirror") { [grantee, layer] in
                let found = try grantee.run("show", layer).json["statements"]?.array ?? []
                return found.contains { $0["body"]?["sealed"] != nil }
            }
        }

        @Test func `holds only ciphertext, and cannot forge, replay or launder`() throws {
            try holdsOnlyCiphertext()
            try cannotLaunder()
            try cannotReplay()
            try cannotForge()
        }

        /// Neither the bytes of the layer nor its name nor its id are anywhere in the mirror's
        /// home.
        private func holdsOnlyCiphertext() throws {
            let id = try #require(Digest(hexadecimal: layer))
            var needles = stride(from: 200, to: plain.count - 32, by: 400_000).map {
                Data(plain[$0..<$0 + 32])
            }
            needles += [
                Data("One line of notes.".utf8), Data("confided".utf8), Data(layer.utf8),
                Data(id.bytes), Data("data.safetensors".utf8),
            ]
            let files = Sealing.files(below: mirror.home)
            #expect(files.count > 10)
            for file in files where !file.hasSuffix(".sock") {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
                for needle in needles { #expect(bytes.range(of: needle) == nil, "\(file)") }
            }
            // The search finds what is there.
            let found = Sealing.files(below: "\(publisher.home)/store/obj").contains { file in
                let bytes = (try? Data(contentsOf: URL(fileURLWithPath: file))) ?? Data()
                return bytes.range(of: needles[0]) != nil
            }
            #expect(found)
        }

        /// Ciphertext is nobody's work but its publisher's: not here, and not under another name.
        private func cannotLaunder() throws {
            let stolen = try Sealing.objects(of: mirror).max { left, right in
                try File.facts(of: left.path).size < File.facts(of: right.path).size
            }
            let bytes = try Data(contentsOf: URL(fileURLWithPath: try #require(stolen?.path)))
            let copy = try laboratory.write("mine.dat", [UInt8](bytes))
            let words = try mirror.refused(
                "refused", "share", copy, "--type", "memory", "--licence", "MIT",
                "--visibility", "public")
            #expect(words.contains("ciphertext"))
            let accomplice = try laboratory.running("accomplice", joining: [publisher])
            try accomplice.meets(publisher)
            let laundered = try #require(try accomplice.share(copy)["layer"]?.string)
            try Laboratory.eventually("the publisher hears of it") {
                try publisher.ask("find", "mine")["results"]?.array?.count == 1
            }
            let refusal = try publisher.refused("licence", "fetch", laundered)
            #expect(refusal.contains("ciphertext"))
            accomplice.stop()
        }

        /// Nobody but its publisher asks for a copy by a request, and a grant that was taken back
        /// stays so, whoever repeats it.
        private func cannotReplay() throws {
            mirror.stop()
            let entry = try Self.opened(mirror) { service in
                try #require(try service.library.hold(contract))
            }
            try mirror.start(["--join", publisher.ticket, "--join", grantee.ticket])
            try grantee.meets(mirror)
            let thief = try Stranger(to: grantee)
            try thief.shakeHands()
            try thief.say(.hold(entry.envelope))
            #expect(try thief.isAnswered())
            #expect(try grantee.ask("mirror")["heldForOthers"]?.array?.isEmpty == true)

            // The publisher takes the grant back; then the mirror repeats the older one.
            try publisher.ask("revoke", layer, grantee.key)
            try Laboratory.eventually("the grantee hears of it") {
                let found = try grantee.run("show", layer).json["statements"]?.array ?? []
                return found.contains { $0["body"]?["isRevoked"] == true }
            }
            publisher.stop()
            #expect(try grantee.run("fetch", layer, "--wait", "3", seconds: 90).code == 1)
            let old = try Self.opened(publisher) { service in
                try service.oldGrant(of: layer, to: grantee.key)
            }
            try thief.say(.statement(old))
            #expect(try thief.isAnswered())
            #expect(try grantee.run("fetch", layer, "--wait", "3", seconds: 90).code == 1)
            #expect(try grantee.ask("list")["layers"]?.array?.isEmpty == true)
            // Granted anew, it comes.
            let ready = try publisher.ask("grant", layer, grantee.key)
            #expect(ready["body"]?["sealed"] != nil)
        }

        /// What is not the ciphertext that the grant names is not taken, to the last bit.
        private func cannotForge() throws {
            try publisher.start(["--join", grantee.ticket])
            try grantee.meets(publisher)
            try Laboratory.eventually("the grantee is granted it again") {
                let found = try grantee.run("show", layer).json["statements"]?.array ?? []
                return found.contains { $0["body"]?["sealed"] != nil }
            }
            publisher.stop()
            let port = mirror.port
            mirror.stop()
            let objects = Sealing.objects(of: mirror)
            for object in objects {
                let size = try File.facts(of: object.path).size
                try Laboratory.flip(object.path, at: size / 2)
            }
            try mirror.start(["--listen", "127.0.0.1:\(port)"])
            try grantee.meets(mirror)
            let outcome = try grantee.run("fetch", layer, seconds: 120)
            #expect(outcome.code == 1)
            #expect(["corrupt", "unreachable"].contains(outcome.failure))
            #expect(try grantee.ask("list")["layers"]?.array?.isEmpty == true)
        }

        @Test func `gives nobody what is no ciphertext, whatever a contract names`() throws {
            // A publisher that the owner allows knows the id of a private file of hers, and has it
            // put under a contract: then whoever names both would be given it.
            let path = try laboratory.write(
                "diary.txt", String(repeating: "Dear diary.\n", count: 20))
            let shared = try mirror.share(path, ["--visibility", "private"])
            let blob = try #require(
                shared["files"]?.array?.first?["blob"]?.string.flatMap {
                    Digest(hexadecimal: $0)
                })
            let size = try File.facts(of: mirror.object(blob.hexadecimal)).size
            let port = mirror.port
            mirror.stop()
            let thief = try #require(SigningKey(seed: [UInt8](repeating: 77, count: 32)))
            // Also a file that no layer lists, such as one that was recovered.
            let (requests, blobs) = try Self.opened(mirror) { service in
                let loose = try service.library.importBytes(
                    [UInt8](repeating: 7, count: Int(size)))
                let blobs = [blob, loose.id]
                let requests = try blobs.map {
                    try Self.contract(over: $0, size: size, by: thief, service)
                }
                return (requests, blobs)
            }
            try mirror.start(["--listen", "127.0.0.1:\(port)"])
            Laboratory.eventually("the contracts are looked at") {
                mirror.log.split(separator: "no ciphertext").count == 3
            }
            let stranger = try Stranger(to: mirror)
            try stranger.shakeHands()
            for (request, blob) in zip(requests, blobs) {
                try stranger.say(.open(layer: request.contract, blob: blob))
                let none = Holding(layer: request.contract, blob: blob, extent: .none)
                #expect(
                    try stranger.hear { if case .holding = $0 { true } else { false } }
                        == .holding(none))
                #expect(try File.facts(of: mirror.object(blob.hexadecimal)).size == size)
            }
        }

        @Test func `says nothing of a contract over what is here, as of one over what is not`()
            throws
        {
            let path = try laboratory.write(
                "diary.txt", String(repeating: "Dear diary.\n", count: 20))
            let shared = try mirror.share(path, ["--visibility", "private"])
            let blob = try #require(
                shared["files"]?.array?.first?["blob"]?.string.flatMap {
                    Digest(hexadecimal: $0)
                })
            let size = try File.facts(of: mirror.object(blob.hexadecimal)).size
            let thief = try #require(SigningKey(seed: [UInt8](repeating: 77, count: 32)))
            try mirror.ask(
                "trust", "--allow", "publisher:\(thief.publicKey.base32)", "--for", "mirror")
            let port = mirror.port
            mirror.stop()
            let absent = Digest(words: (1, 2, 3, 4))
            let requests = try Self.opened(mirror) { service in
                try [blob, absent].map { blob in
                    try Self.contract(over: blob, size: size, by: thief, service, isKnown: false)
                }
            }
            try mirror.start(["--listen", "127.0.0.1:\(port)"])
            let stranger = try Stranger(to: mirror)
            try stranger.shakeHands()
            var answers: [Digest: [UInt64]] = [:]
            for round in 0..<3 {
                for request in requests {
                    try stranger.say(.hold(request.signed(by: thief).encode()))
                    let answer = try stranger.hear {
                        if case .holdAnswer(request.contract, _, _) = $0 { true } else { false }
                    }
                    guard case .holdAnswer(let contract, let code, _)? = answer else {
                        Issue.record("no answer came in round \(round): \(mirror.log)")
                        return
                    }
                    answers[contract, default: []].append(UInt64(code))
                }
                Laboratory.eventually("the lists were looked at") {
                    mirror.log.contains("no ciphertext")
                }
            }
            // Accepted, each time, and never said to be kept. The owner can read why.
            for request in requests { #expect(answers[request.contract] == [1, 1, 1]) }
        }

        /// A contract over one blob whose list is here, as a mirror would keep it, or that is not
        /// known yet.
        private static func contract(
            over blob: Digest, size: UInt64, by thief: SigningKey, _ service: Service,
            isKnown: Bool = true
        ) throws -> HoldRequest {
            let listed = try service.library.importBytes(
                HoldList([BlobReference(blob: blob, size: size)]).bytes)
            let now = Int64(Clock.wallMilliseconds() / 1_000)
            let request = try HoldRequest.make(
                publisher: thief.publicKey, mirror: service.keys.node.publicKey,
                list: BlobReference(blob: listed.id, size: listed.size),
                size: size + listed.size, issued: now, until: now + 9_999,
                nonce: [UInt8](repeating: 1, count: 16))
            if isKnown { try service.library.add(hold: request.signed(by: thief)) }
            return request
        }

        @Test func `cannot pass another layer off by a grant of its own making`() throws {
            let grantees = try Self.sealingKey(of: grantee)
            try publisher.ask("revoke", layer, grantee.key)
            try Laboratory.eventually("the grantee hears of it") {
                let found = try grantee.run("show", layer).json["statements"]?.array ?? []
                return found.contains { $0["body"]?["isRevoked"] == true }
            }
            publisher.stop()
            let path = try laboratory.write("other.txt", "Something else.\n")
            let other = try mirror.share(path, ["--visibility", "private"])
            let port = mirror.port
            mirror.stop()
            // The mirror seals a layer of its own and says, by another key of its owner, that it is
            // the one that the grantee wants.
            let accomplice = try #require(SigningKey(seed: [UInt8](repeating: 77, count: 32)))
            let id = try #require(Digest(hexadecimal: layer))
            let grant = try Self.opened(mirror) { service in
                let own = try #require(other["layer"]?.string.flatMap { Digest(hexadecimal: $0) })
                let copy = try service.library.seal(try service.heldManifest(own))
                let list = try service.library.holdList(copy.list)
                let now = Int64(Clock.wallMilliseconds() / 1_000)
                let request = try HoldRequest.make(
                    publisher: accomplice.publicKey, mirror: service.keys.node.publicKey,
                    list: copy.list, size: (list.size ?? 0) + copy.list.size, issued: now,
                    until: now + 9_999, nonce: [UInt8](repeating: 1, count: 16))
                try service.library.add(hold: request.signed(by: accomplice))
                try service.library.completeHold(request.contract)
                let header = try #require(AgeHeader(wrapping: copy.key, for: grantees))
                var body = JSONObject()
                body["grantee"] = .string(grantee.key)
                body["commands"] = ["read", "run"]
                SealedPlace(
                    index: copy.index,
                    copies: [.init(mirror: request.mirror, contract: request.contract)],
                    header: header
                ).write(to: &body)
                return try Statement.make(
                    kind: .grant, layer: id, publisher: accomplice.publicKey, sequence: 1,
                    issued: now, body: body)
            }
            try mirror.start(["--listen", "127.0.0.1:\(port)"])
            try grantee.meets(mirror)
            let stranger = try Stranger(to: grantee)
            try stranger.shakeHands()
            try stranger.say(.statement(grant.signed(by: accomplice).encode()))
            try Laboratory.eventually("the grantee keeps the grant") {
                let found = try grantee.run("show", layer).json["statements"]?.array ?? []
                return found.contains { $0["publisher"]?.string == accomplice.publicKey.base32 }
            }
            let words = try grantee.refused("refused", "fetch", layer)
            #expect(words.contains("another layer"))
            #expect(try grantee.ask("list")["layers"]?.array?.isEmpty == true)
        }

        private static func sealingKey(of node: TestNode) throws -> [UInt8] {
            let text = try #require(try node.ask("status")["sealing"]?.string)
            return try #require(Keys.sealingKey(recipient: text))
        }

        /// Does something with the home of a node that does not run.
        private static func opened<Result>(
            _ node: TestNode, _ body: (Service) throws -> Result
        ) throws -> Result {
            let service = try Access.service(node.home)
            defer { try? service.library.close() }
            return try body(service)
        }
    }
}

extension Service {
    /// A grant as this node said it before the newest one.
    fileprivate func oldGrant(of layer: String, to key: String) throws -> [UInt8] {
        let id = try #require(Digest(hexadecimal: layer))
        let grantee = try #require(NodeKey(base32: key))
        var body = JSONObject()
        body["grantee"] = .string(key)
        body["commands"] = ["read", "run"]
        let copies = try #require(try sealedGrants.copies(of: id))
        let recipient = try #require(try sealedGrants.recipient(of: grantee))
        let header = try #require(AgeHeader(wrapping: copies.sealed.key, for: recipient))
        SealedPlace(index: copies.sealed.index, copies: copies.copies, header: header)
            .write(to: &body)
        let statement = try Statement.make(
            kind: .grant, layer: id, publisher: keys.node.publicKey, sequence: 2, issued: 1,
            body: body)
        return statement.signed(by: keys.node).encode()
    }
}
