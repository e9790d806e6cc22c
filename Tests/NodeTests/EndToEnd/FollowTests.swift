import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// Nodes that mirror what their owners follow, up to the number of copies that is wanted.
    @Suite("Follows", .serialized)
    struct FollowTests {
        private let laboratory: Laboratory
        private let publisher: TestNode

        init() throws {
            laboratory = try Laboratory()
            publisher = try laboratory.running("publisher")
        }

        private func layer(_ node: TestNode, _ id: String) throws -> JSONValue? {
            try node.ask("mirror")["layers"]?.array?.first { $0["layer"]?.string == id }
        }

        private func state(_ node: TestNode, _ id: String) throws -> String? {
            try layer(node, id)?["state"]?.string
        }

        private func keeps(_ node: TestNode, _ id: String) throws -> Bool {
            try state(node, id) == "kept"
        }

        private func share(_ name: String, _ options: [String] = []) throws -> String {
            let seed = UInt64(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) })
            let folder = try laboratory.layerFolder(name, size: 1 << 20, seed: seed)
            return try #require(try publisher.share(folder, options)["layer"]?.string)
        }

        private func mirror(_ name: String, _ follow: [String]) throws -> TestNode {
            let node = try laboratory.running(name, joining: [publisher])
            try node.meets(publisher)
            try follows(node, follow)
            return node
        }

        private func follows(_ node: TestNode, _ words: [String]) throws {
            let outcome = try node.spawn(["mirror", "--follow"] + words + ["--json"]).wait()
            #expect(outcome.code == 0, "\(outcome.out) \(outcome.error)")
        }

        @Test func `two of three holders are killed, and the number of copies heals`() throws {
            let follow = ["publisher:\(publisher.key)"]
            var mirrors = try (0..<4).map { try mirror("mirror\($0)", follow) }
            for (index, node) in mirrors.enumerated() {
                try node.ask("mirror", "--patience", "3s")
                // All know each other, so that who lives is known soon.
                for other in mirrors[..<index] { try node.ask("join", other.ticket) }
            }
            try Laboratory.eventually("all mirrors are known to all") {
                try mirrors.allSatisfy { try $0.ask("peers")["peers"]?.array?.count ?? 0 >= 4 }
            }
            let id = try share("news", ["--replicas", "3"])
            try Laboratory.eventually("two keep it beside its publisher") {
                try mirrors.count { try keeps($0, id) } == 2
            }
            let others = try mirrors.filter { try !keeps($0, id) }
            for node in others {
                try Laboratory.eventually("\(node.name) leaves it to others") {
                    try state(node, id) == "leftToOthers"
                }
                #expect(try layer(node, id)?["living"]?.integer == 3)
            }
            for node in mirrors where try keeps(node, id) { node.kill() }
            mirrors = others
            try Laboratory.eventually("the others keep it now", seconds: 25) {
                try mirrors.allSatisfy { try keeps($0, id) }
            }
            let seen = try #require(try layer(mirrors[0], id))
            #expect(seen["target"]?.integer == 3)
            #expect(seen["missing"]?.integer == 0)
            #expect(
                seen["holders"]?.array?.count { $0["counts"]?.bool == true } == 2, "\(seen)")
            #expect(seen["holders"]?.array?.count { $0["absent"]?.integer != nil } == 2, "\(seen)")
        }
    }
}
