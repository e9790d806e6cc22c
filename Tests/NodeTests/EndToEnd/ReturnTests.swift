import Foundation
import Genome
import Host
import Swarm
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// Nodes that start again and know where the others are.
    @Suite("Nodes that come back", .serialized)
    struct ReturnTests {
        private let laboratory: Laboratory
        private let a: TestNode

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
        }

        private func bytes(_ path: String) throws -> [UInt8] {
            Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        }

        @Test func `a node finds its way back with no word of its owner`() throws {
            let b = try laboratory.running("b", joining: [a])
            try b.meets(a)
            try Laboratory.eventually("A is a neighbour of B") {
                let status = try b.ask("status")
                return status["neighbours"]?.integer == 1
                    && status["addresses"]?["tried"]?.integer == 1
            }
            b.stop()
            let book = try AddressBook(bytes: try bytes("\(b.home)/addresses"))
            let key = try #require(NodeKey(base32: a.key))
            #expect(book.isTried(key) && book.anchors == [key])
            try b.start()
            try b.meets(a)
            b.stop()
            a.stop()
        }

        @Test func `the neighbours of the run before are called first`() throws {
            let b = laboratory.node("b")
            _ = try b.ask("init")
            let key = try #require(NodeKey(base32: a.key))
            let here = try #require(Endpoint(bytes: [127, 0, 0, 1], port: a.port))
            let now = Moment(monotonic: 0, wall: Clock.wallMilliseconds())
            var book = AddressBook(secret: Sodium.random(count: AddressBook.secretBytes))
            // Nobody listens there: who draws at random calls some of these first.
            for number in UInt8(0)..<200 {
                let other = try #require(SigningKey(seed: [UInt8](repeating: number, count: 32)))
                let endpoint = try #require(
                    Endpoint(bytes: [127, 0, number, 9], port: UInt16(1 + number)))
                book.answered(other.publicKey, at: endpoint, at: now)
            }
            book.answered(key, at: here, at: now)
            book.anchors = [key]
            try Data(book.bytes).write(to: URL(fileURLWithPath: "\(b.home)/addresses"))
            try b.start()
            let begun = Clock.monotonic()
            try b.meets(a)
            #expect(Clock.monotonic() - begun < 3_000_000_000)
        }

        @Test func `a damaged file of addresses is set aside and stops nothing`() throws {
            let b = laboratory.node("b")
            _ = try b.ask("init")
            let path = "\(b.home)/addresses"
            try Data("plasmid-addresses-1\nnonsense".utf8).write(to: URL(fileURLWithPath: path))
            try b.start(["--join", a.ticket])
            try b.meets(a)
            let lines = b.log.split(separator: "\n").filter { $0.contains("addresses") }
            #expect(lines.count == 1 && lines[0].contains("\(path).damaged"), "\(b.log)")
            #expect(try bytes("\(path).damaged").suffix(8) == Array("nonsense".utf8)[...])
            b.stop()
            #expect(try AddressBook(bytes: try bytes(path)).count == 1)
        }
    }
}
