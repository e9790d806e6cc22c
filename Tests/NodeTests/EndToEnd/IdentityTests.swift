import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// People's keys behind Debian's ssh-agent, on real nodes.
    @Suite("Identities", .serialized)
    struct IdentityTests {
        private let laboratory: Laboratory
        private let node: TestNode
        private let other: TestNode

        init() throws {
            laboratory = try Laboratory()
            node = try laboratory.running("node")
            other = try laboratory.running("other", joining: [node])
            try other.meets(node)
        }

        @Test(
            .enabled(
                if: Judges.program("ssh-agent") != nil && Judges.program("ssh-keygen") != nil
                    && Judges.program("ssh-add") != nil, "openssh-client is missing"))
        func `a key in an agent publishes, and its secret is nowhere in the node`() throws {
            let secret = "\(laboratory.path)/key"
            let socket = "\(laboratory.path)/agent"
            try runs("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "me@lab", "-f", secret])
            let agent = try ChildProcess(
                try #require(Judges.program("ssh-agent")), ["-D", "-a", socket])
            defer {
                agent.signal(9)
                agent.wait()
            }
            Laboratory.eventually("the agent listens") { Directory.exists(socket) }
            try runs("ssh-add", ["-q", secret], ["SSH_AUTH_SOCK": socket])
            let words = ["identity", "add", "me", "--socket", socket]
            #expect(
                try node.spawn(words + ["--ssh-agent", "nobody", "--json"]).wait().failure
                    == "notFound")
            let added = try node.ask(
                "identity", "add", "me", "--socket", socket, "--ssh-agent", "me@lab")
            let key = try #require(added["key"]?.string)
            try node.refused("refused", "identity", "add", "me", "--socket", socket, "--ssh-agent")

            let file = try laboratory.write("poem.txt", "Signed by a person.\n")
            let options = ["--as", "me", "--name", "poem"]
            #expect(try share(file, options).failure == "refused")
            let delegated = try node.ask("delegate", "me", "--days", "30")
            #expect(delegated["delegations"]?.array?.count == 1)
            let shared = try node.share(file, options)
            let layer = try #require(shared["layer"]?.string)
            try Laboratory.eventually("the other hears of it from its publisher") {
                let found = try other.ask("find", "poem")["results"]?.array ?? []
                return found.first?["publisher"]?.string == key
            }
            try other.ask("fetch", layer)
            #expect(try other.ask("show", layer)["manifest"]?["publisher"]?.string == key)

            let seed = try seed(of: secret, key: try #require(NodeKey(base32: key)))
            let public32 = try #require(NodeKey(base32: key)).bytes
            #expect(try memory(holds: public32), "the search finds what is there")
            #expect(try !memory(holds: seed))
            #expect(try !home(holds: seed))

            try node.ask("withdraw", "poem", "--reason", "a mistake")
            try Laboratory.eventually("the other's copy is not found any more") {
                try other.ask("show", layer)["withdrawn"] != nil
                    || other.ask("find", "poem")["results"]?.array?.isEmpty == true
            }
            try node.ask("delegate", "me", "--end", node.key)
            #expect(try share(file, options + ["--version", "2.0.0"]).failure == "refused")
        }

        @Test(
            .enabled(
                if: Judges.program("ssh-agent") != nil && Judges.program("ssh-keygen") != nil
                    && Judges.program("ssh-add") != nil, "openssh-client is missing"))
        func `an agent that is locked, or has an RSA key alone, is one clear error`() throws {
            let socket = "\(laboratory.path)/agent"
            let agent = try ChildProcess(
                try #require(Judges.program("ssh-agent")), ["-D", "-a", socket])
            defer {
                agent.signal(9)
                agent.wait()
            }
            Laboratory.eventually("the agent listens") { Directory.exists(socket) }
            let environment = ["SSH_AUTH_SOCK": socket]
            let add = ["identity", "add", "me", "--socket", socket, "--ssh-agent"]
            func refused(_ words: [String]) throws -> Outcome {
                let outcome = try node.spawn(words + ["--json"]).wait()
                #expect(outcome.failure == "notFound" && outcome.errorLines.count == 1)
                return outcome
            }
            let rsa = "\(laboratory.path)/rsa"
            try runs("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", rsa])
            try runs("ssh-add", ["-q", rsa], environment)
            #expect(try refused(add).words.contains("ssh-rsa"))
            let secret = "\(laboratory.path)/key"
            try runs("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "me", "-f", secret])
            try runs("ssh-add", ["-q", secret], environment)
            try node.ask("identity", "add", "me", "--socket", socket, "--ssh-agent", "me")
            // OpenSSH asks for the word on a terminal, or has a program say it.
            let ask = try laboratory.write("ask.sh", "#!/bin/sh\necho word\n")
            try File(ask, .write).setMode(0o700)
            try runs(
                "ssh-add", ["-x"],
                environment.merging(
                    ["SSH_ASKPASS": ask, "SSH_ASKPASS_REQUIRE": "force"]) { $1 })
            let words = try refused(["delegate", "me"]).words
            #expect(words.contains("locked"))
        }

        @Test(.enabled(if: Judges.python != nil, "the Python judges are missing: bootstrap/judges"))
        func `a program with PyNaCl signs, and what it signs wrongly is refused`() throws {
            let python = try #require(Judges.python)
            let seed = try laboratory.write("seed", Laboratory.bytes(32, seed: 7))
            let script = Judges.script("signer.py")
            let public32 = try ChildProcess(python, [script, seed, "--public"])
            let text = try #require(public32.readLine())
            public32.wait()
            let key = try #require(Hexadecimal.decode(text).flatMap { NodeKey(bytes: $0) })
            func add(_ name: String, _ option: String) throws -> Outcome {
                try node.spawn([
                    "identity", "add", name, "--key", key.base32, "--json", "--command",
                    "\(python) \(script) \(seed)\(option)",
                ]).wait()
            }
            #expect(try add("bad", " --other").failure == "refused")
            #expect(try add("raw", " --raw").code == 0)
            try node.ask("identity", "remove", "raw")
            #expect(try add("lab", "").code == 0)
            try node.ask("delegate", "lab")
            let file = try laboratory.write("poem.txt", "Signed by PyNaCl.\n")
            let shared = try node.share(file, ["--as", "lab", "--name", "verse"])
            let layer = try #require(shared["layer"]?.string)
            try Laboratory.eventually("the other hears of it from its publisher") {
                let found = try other.ask("find", "verse")["results"]?.array ?? []
                return found.first?["publisher"]?.string == key.base32
            }
            try other.ask("fetch", layer)
            #expect(try other.ask("verify", layer)["ok"] == true)
        }

        @Test func `an identity's layer is for whom it names, until it says otherwise`() throws {
            let key = try #require(try node.ask("identity", "create", "me")["key"]?.string)
            try node.ask("delegate", "me")
            let file = try laboratory.write("few.txt", "For a chosen few.\n")
            let shared = try node.share(
                file, ["--as", "me", "--visibility", "whitelist", "--allow", other.key])
            let layer = try #require(shared["layer"]?.string)
            func isKnown() throws -> Bool {
                try other.ask("find", "few")["results"]?.array?.count == 1
            }
            try Laboratory.eventually("the named key hears of it") { try isKnown() }
            let stranger = try laboratory.running("stranger", joining: [node, other])
            try stranger.meets(node)
            try other.ask("fetch", layer)
            #expect(try other.ask("show", layer)["manifest"]?["publisher"]?.string == key)
            // What the node said before this reached the stranger, had it been for her.
            try hears(stranger, of: "marker", from: node)
            #expect(try stranger.ask("find", "few")["results"]?.array?.isEmpty == true)
            #expect(try stranger.run("fetch", layer, "--wait", "3").failure == "unreachable")
            // Granted later, taken back, and narrowed: each time the peers hear of it.
            try node.ask("grant", layer, stranger.key)
            try Laboratory.eventually("the stranger hears of it") {
                try stranger.ask("find", "few")["results"]?.array?.count == 1
            }
            try stranger.ask("fetch", layer)
            try node.ask("revoke", layer, stranger.key)
            try Laboratory.eventually("the stranger may not use it any more") {
                try stranger.run("infer", "--layer", layer, "--prompt", "x").failure
                    == "notFound"
            }
            try node.ask("revoke", layer, "--visibility", "private")
            try Laboratory.eventually("the named key may not use it any more") {
                try other.run("infer", "--layer", layer, "--prompt", "x").failure == "notFound"
            }
            // Without the identity the node speaks for nobody, at once.
            try node.ask("identity", "remove", "me")
            try node.refused("refused", "grant", layer, stranger.key)
        }

        @Test func `two nodes of a person announce her layer, and neither ends the other's word`()
            throws
        {
            let file = try laboratory.write("poem.txt", "Kept on two machines.\n")
            let key = try #require(try node.ask("identity", "create", "me")["key"]?.string)
            try node.ask("delegate", "me")
            try node.ask("delegate", "me", "--to", other.key)
            let layer = try #require(
                try node.share(file, ["--as", "me", "--name", "twice"])["layer"]?.string)
            try Laboratory.eventually("the other hears of it") {
                try other.ask("find", "twice")["results"]?.array?.count == 1
            }
            // The second machine has the same key in its home.
            let secret = "\(node.home)/keys/identities/me.key"
            try other.ask("identity", "add", "me", "--file", secret)
            try other.ask("fetch", layer)
            func holders(_ node: TestNode) throws -> Int {
                // A node that has just come does not know the layer yet.
                try node.run("show", layer).json["holders"]?.array?.count ?? 0
            }
            let third = try laboratory.running("third", joining: [node, other])
            try third.meets(node)
            try Laboratory.eventually("both are known to have it") { try holders(third) == 2 }
            // A restart of either changes nothing: each says again what it said itself.
            let port = other.port
            other.stop()
            try other.start(["--listen", "127.0.0.1:\(port)"])
            try third.meets(other)
            try hears(third, of: "after", from: other)
            #expect(try holders(third) == 2)
            let found = try third.ask("find", "twice")["results"]?.array?.first
            #expect(found?["publisher"]?.string == key)
            try third.ask("fetch", layer)
            // The person's word ends it on both, whichever of them says it.
            try other.ask("withdraw", layer, "--reason", "a mistake")
            try Laboratory.eventually("it is gone") {
                try third.ask("find", "twice")["results"]?.array?.isEmpty == true
            }
        }

        /// Waits until a node has heard of a layer for everyone that another shares now.
        private func hears(_ one: TestNode, of name: String, from sender: TestNode) throws {
            let file = try laboratory.write("\(name).txt", "For everyone: \(name).\n")
            _ = try sender.share(file, ["--name", name])
            try Laboratory.eventually("\(one.name) hears of \(name)") {
                try one.ask("find", name)["results"]?.array?.count == 1
            }
        }

        @Test func `a key behind a link is kept by its own path`() throws {
            try node.ask("identity", "create", "me")
            let secret = try Directory.resolve("\(node.home)/keys/identities/me.key")
            let folder = try Directory.resolve(laboratory.path)
            try Directory.link("\(folder)/now.key", to: secret)
            for (name, path) in [("near", "now.key"), ("far", "\(folder)/now.key")] {
                let outcome = try added(name, ["--file", path], in: folder)
                #expect(outcome.json["path"]?.string == secret, "\(outcome.words)")
                try other.ask("identity", "remove", name)
            }
        }

        @Test(
            .enabled(
                if: Judges.program("ssh-agent") != nil && Judges.program("ssh-keygen") != nil
                    && Judges.program("ssh-add") != nil, "openssh-client is missing"))
        func `a link to an agent stays one, from whichever folder it is named`() throws {
            let folder = try Directory.resolve(laboratory.path)
            let (secret, socket) = ("\(folder)/key", "\(folder)/agent")
            try runs("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", secret])
            let agent = try ChildProcess(
                try #require(Judges.program("ssh-agent")), ["-D", "-a", socket])
            defer {
                agent.signal(9)
                agent.wait()
            }
            Laboratory.eventually("the agent listens") { Directory.exists(socket) }
            try runs("ssh-add", ["-q", secret], ["SSH_AUTH_SOCK": socket])
            try Directory.link("\(folder)/now.sock", to: socket)
            for (name, path) in [("near", "now.sock"), ("far", "\(folder)/now.sock")] {
                let outcome = try added(
                    name, ["--socket", path, "--ssh-agent"], in: folder)
                #expect(
                    outcome.json["socket"]?.string == "\(folder)/now.sock", "\(outcome.words)")
                try other.ask("identity", "remove", name)
            }
        }

        /// Adds an identity to the other home by a command that runs in `folder`.
        private func added(
            _ name: String, _ options: [String], in folder: String
        ) throws -> Outcome {
            try other.spawn(
                ["identity", "add", name, "--json"] + options,
                through: ["/usr/bin/env", "-C", folder]
            ).wait()
        }

        private func share(_ file: String, _ options: [String]) throws -> Outcome {
            try node.spawn(
                [
                    "share", file, "--visibility", "public", "--licence", "MIT", "--type",
                    "memory", "--json",
                ] + options
            ).wait()
        }

        private func runs(
            _ program: String, _ words: [String], _ environment: [String: String] = [:]
        ) throws {
            let child = try ChildProcess(
                try #require(Judges.program(program)), words, environment: environment)
            try #require(child.wait() == 0, "\(program) failed")
        }

        /// The 32 secret bytes of a private key as OpenSSH writes it: they stand before the last
        /// copy of the public key.
        private func seed(of path: String, key: NodeKey) throws -> [UInt8] {
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let body = text.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
            let data = try #require(Data(base64Encoded: body))
            let last = try #require(data.range(of: Data(key.bytes), options: .backwards))
            let seed = [UInt8](data[(last.lowerBound - 32)..<last.lowerBound])
            try #require(SigningKey(seed: seed)?.publicKey == key)
            return seed
        }

        private func memory(holds bytes: [UInt8]) throws -> Bool {
            let lock = try String(contentsOfFile: "\(node.home)/LOCK", encoding: .utf8)
            let process = try #require(lock.split(separator: " ").first)
            let maps = try String(contentsOfFile: "/proc/\(process)/maps", encoding: .utf8)
            let memory = try File("/proc/\(process)/mem", .read)
            for line in maps.split(separator: "\n") {
                let words = line.split(separator: " ")
                let ends = words[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
                guard words.count > 1, words[1].hasPrefix("rw"), ends.count == 2 else { continue }
                // Pieces overlap, so that nothing hides on an edge.
                for start in stride(from: ends[0], to: ends[1], by: 1 << 22) {
                    let count = min((1 << 22) + 64, Int(ends[1] - start))
                    guard let piece = try? memory.read(count: count, offset: start) else {
                        continue
                    }
                    if Data(piece).range(of: Data(bytes)) != nil { return true }
                }
            }
            return false
        }

        private func home(holds bytes: [UInt8]) throws -> Bool {
            let files = try #require(FileManager.default.enumerator(atPath: node.home))
            for case let name as String in files {
                guard let data = FileManager.default.contents(atPath: "\(node.home)/\(name)")
                else { continue }
                let forms = [Data(bytes), Data(Hexadecimal.encode(bytes).utf8)]
                if forms.contains(where: { data.range(of: $0) != nil }) { return true }
            }
            return false
        }
    }
}
