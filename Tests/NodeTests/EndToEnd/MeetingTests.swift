import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// Nodes that should not or cannot meet.
    @Suite("Nodes that look for each other", .serialized)
    struct MeetingTests {
        private let laboratory: Laboratory
        private let a: TestNode

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
        }

        /// A node of the network of that name.
        private func node(_ name: String, network: String) throws -> TestNode {
            let node = laboratory.node(name)
            _ = try node.ask("init")
            let id = NetworkFile.identifier(name: network).hexadecimal
            try laboratory.write(
                "\(name)/network.json", #"{"name":"\#(network)","id":"\#(id)","founders":[]}"#)
            return node
        }

        @Test func `nodes of different networks never meet`() throws {
            let other = try node("other", network: "elsewhere")
            try other.start(["--join", a.ticket])
            Laboratory.eventually("it says why") { !other.log.isEmpty }
            #expect(other.log.split(separator: "\n").count == 1, "\(other.log)")
            #expect(other.log.contains("network"), "\(other.log)")
            #expect(try other.ask("peers")["peers"]?.array?.isEmpty == true)
            #expect(try a.ask("peers")["peers"]?.array?.isEmpty == true)
            #expect(a.isRunning && other.isRunning)
            let friend = try node("friend", network: "elsewhere")
            try friend.start(["--join", other.ticket])
            try friend.meets(other)
        }

        @Test func `a ticket with another key leads to nobody`() throws {
            let ticket = try Ticket(text: a.ticket)
            let key = try #require(SigningKey(seed: [UInt8](repeating: 3, count: 32))).publicKey
            let wrong = Ticket(key: key, endpoints: ticket.endpoints).text
            let b = try laboratory.running("b")
            #expect(try b.ask("join", wrong)["node"]?.string == key.base32)
            Laboratory.eventually("it says why") { !b.log.isEmpty }
            #expect(b.log.contains("cannot reach \(key.fingerprint)"), "\(b.log)")
            #expect(b.log.contains("another key"), "\(b.log)")
            #expect(try b.ask("peers")["peers"]?.array?.isEmpty == true)
            _ = try b.ask("join", a.ticket)
            try b.meets(a)
        }

        @Test func `a badly copied ticket is refused at once`() throws {
            var digits = Array(a.ticket)
            digits[20] = digits[20] == "a" ? "b" : "a"
            let b = try laboratory.running("b")
            let words = try b.refused("usage", exit: 2, "join", String(digits))
            #expect(words.contains("plasmid ticket"))
            let late = laboratory.node("late")
            let outcome = try late.begin(["--join", String(digits)]).wait(seconds: 20)
            #expect(outcome.code == 2)
            #expect(outcome.failure == "usage")
        }

        @Test func `a bare address meets whoever answers there`() throws {
            let b = try laboratory.running("b")
            let answer = try b.ask("join", "127.0.0.1:\(a.port)")
            #expect(answer["node"]?.isNull == true)
            try b.meets(a)
        }

        @Test func `a node whose transport key changed is met again`() throws {
            let b = try laboratory.running("b", joining: [a])
            try b.meets(a)
            let port = a.port
            a.kill()
            let secret = Hexadecimal.encode(Sodium.random(count: 32))
            try laboratory.write("a/keys/transport", "plasmid-transport-key-1 \(secret)\n")
            try a.start(["--listen", "127.0.0.1:\(port)"])
            try b.meets(a)
            #expect(!b.log.contains("well-formed"), "\(b.log)")
        }

        @Test func `a node that comes back is met again without being asked`() throws {
            let b = try laboratory.running("b", joining: [a])
            try b.meets(a)
            let port = a.port
            a.kill()
            try Laboratory.eventually("B notices") {
                try b.ask("peers")["peers"]?.array?.isEmpty == true
            }
            try a.start(["--listen", "127.0.0.1:\(port)"])
            try b.meets(a)
            b.stop()
            a.stop()
        }
    }
}
