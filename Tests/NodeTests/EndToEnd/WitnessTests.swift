import Foundation
import Genome
import Host
import Testing

extension RealNodes {
    /// Nodes that put their names under each other's journals.
    @Suite("Witnesses", .serialized)
    struct WitnessTests {
        private let laboratory: Laboratory

        init() throws { laboratory = try Laboratory() }

        private func seenBy(_ node: TestNode) throws -> [String] {
            let text = try node.run("audit", "proof", "1").json["proof"]?.string ?? ""
            let path = try laboratory.write("\(node.name).tlog-proof", text)
            let found = try laboratory.node("auditor").ask("audit", "verify", path)
            return (found["witnesses"]?.array ?? []).compactMap { $0["node"]?.string }
        }

        @Test func `a trusted peer sees the journal, one that is not trusted does not`() throws {
            let friend = try laboratory.running("friend")
            let node = laboratory.node("node")
            try node.ask("init")
            try node.ask("trust", friend.key)
            try node.start(["--join", friend.ticket])
            let stranger = try laboratory.running("stranger", joining: [node])
            try stranger.meets(node)
            try Laboratory.eventually("the friend saw the journal") {
                try seenBy(node) == [friend.key]
            }
            // The friend was not told to show its own.
            #expect(try friend.run("audit", "verify").out.contains("no other node has seen"))
            let checks = try node.ask("audit", "verify")["checks"]?.array ?? []
            #expect(
                checks.contains {
                    $0["name"] == "witnesses"
                        && $0["detail"]?.string?.hasPrefix("1 saw it") == true
                })
            let others = try friend.ask("audit", "verify")["checks"]?.array ?? []
            #expect(
                others.contains {
                    $0["name"] == "other journals" && $0["detail"]?.string?.hasPrefix("1 ") == true
                })
            let far = try stranger.ask("audit", "verify")["checks"]?.array ?? []
            #expect(
                far.contains {
                    $0["name"] == "other journals" && $0["detail"]?.string?.hasPrefix("0 ") == true
                })
        }

        @Test func `a home that was put back to an older copy is noticed by its witness`() throws {
            let friend = try laboratory.running("friend")
            let node = laboratory.node("node")
            try node.ask("init")
            try node.ask("trust", friend.key)
            let copy = "\(laboratory.path)/copy"
            try FileManager.default.copyItem(atPath: node.home, toPath: copy)
            _ = try node.share(try laboratory.write("note.txt", "Later than the copy.\n"))
            try node.start(["--join", friend.ticket])
            try Laboratory.eventually("the friend saw the journal") {
                try seenBy(node) == [friend.key]
            }
            node.stop()
            try FileManager.default.removeItem(atPath: node.home)
            try FileManager.default.moveItem(atPath: copy, toPath: node.home)
            try node.start(["--join", friend.ticket])
            Laboratory.eventually("the owner is told") {
                node.log.contains("was an old copy of the home put back?")
            }
        }
    }
}
