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
