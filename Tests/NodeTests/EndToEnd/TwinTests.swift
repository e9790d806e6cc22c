import Foundation
import Genome
import Testing
import Wire

extension RealNodes {
    /// Two nodes on copies of one home.
    @Suite("A copied home", .serialized)
    struct TwinTests {
        private let laboratory: Laboratory

        init() throws { laboratory = try Laboratory() }

        private func copied() throws -> (TestNode, TestNode) {
            let one = try laboratory.running("one")
            one.stop()
            try FileManager.default.copyItem(
                atPath: one.home, toPath: "\(laboratory.path)/other")
            return (one, laboratory.node("other"))
        }

        private func isTold(_ node: TestNode) throws -> Bool {
            guard try node.ask("status")["twin"]?["met"]?.integer != nil else { return false }
            let doctor = try node.run("doctor")
            let check = doctor.json["checks"]?.array?.first { $0["name"]?.string == "key" }
            return doctor.code == 1 && check?["ok"] == false
                && check?["detail"]?.string?.contains("this node's key") == true
        }

        @Test func `is noticed by both where one calls the other`() throws {
            let (one, other) = try copied()
            try one.start()
            try other.start(["--join", "127.0.0.1:\(one.port)"])
            try Laboratory.eventually("both are told: \(one.log) \(other.log)", seconds: 30) {
                try isTold(one) && isTold(other)
            }
            for node in [one, other] {
                #expect(node.log.contains("runs in two places"), "\(node.log)")
                #expect(try node.spawn(["status"]).wait().out.contains("TWIN"))
                node.stop()
            }
        }

        @Test func `is noticed by both over a third node`() throws {
            let (one, other) = try copied()
            let third = try laboratory.running("third")
            try one.start(["--join", third.ticket])
            try one.meets(third)
            try other.start(["--join", third.ticket])
            try Laboratory.eventually("both are told: \(one.log) \(other.log)", seconds: 90) {
                try isTold(one) && isTold(other)
            }
            for node in [one, other, third] { node.stop() }
        }

        @Test func `a node that calls itself is no twin`() throws {
            let node = try laboratory.running("node")
            _ = try node.ask("join", "127.0.0.1:\(node.port)")
            Laboratory.eventually("it notices") { node.log.contains("own") }
            #expect(try node.ask("status")["twin"] == .null)
            node.stop()
        }
    }
}
