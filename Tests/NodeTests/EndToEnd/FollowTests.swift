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
                // Longer than a busy machine lets a node wait for its turn.
                try node.ask("mirror", "--patience", "8s")
                // All know each other, so that who lives is known soon.
                for other in mirrors[..<index] { try node.ask("join", other.ticket) }
            }
            try Laboratory.eventually("all mirrors are known to all") {
                try mirrors.allSatisfy { try $0.ask("peers")["peers"]?.array?.count ?? 0 >= 4 }
            }
            // A copy counts where it is known that its holder follows: from here on all know it of
            // all, so that nobody takes a turn that another has.
            let before = try share("before", ["--replicas", "5"])
            try Laboratory.eventually("all count all copies", seconds: 40) {
                try mirrors.allSatisfy { try layer($0, before)?["missing"]?.integer == 0 }
            }
            let id = try share("news", ["--replicas", "3"])
            try Laboratory.eventually("two keep it beside its publisher", seconds: 40) {
                try mirrors.count { try keeps($0, id) } == 2
            }
            let others = try mirrors.filter { try !keeps($0, id) }
            for node in others {
                try Laboratory.eventually("\(node.name) leaves it to others") {
                    try state(node, id) == "leftToOthers"
                }
                let seen = try #require(try layer(node, id))
                #expect(seen["living"]?.integer == 3, "\(seen)")
            }
            for node in mirrors where !others.contains(where: { $0 === node }) { node.kill() }
            mirrors = others
            try Laboratory.eventually("the others keep it now", seconds: 45) {
                try mirrors.allSatisfy { try keeps($0, id) }
            }
            let seen = try #require(try layer(mirrors[0], id))
            #expect(seen["target"]?.integer == 3)
            #expect(seen["missing"]?.integer == 0)
            #expect(
                seen["holders"]?.array?.count { $0["counts"]?.bool == true } == 2, "\(seen)")
            #expect(seen["holders"]?.array?.count { $0["absent"]?.integer != nil } == 2, "\(seen)")
        }

        private func used(_ node: TestNode, _ name: String) throws -> Int64 {
            try node.ask("quota")["classes"]?[name]?["stored"]?.integer ?? -1
        }

        @Test func `what is followed stays over a restart, within its quota, and can fall back`()
            throws
        {
            let node = try mirror("mirror", ["publisher:\(publisher.key)"])
            try node.refused("notFound", "mirror", "--unfollow", "tag:verse")
            try node.refused("usage", exit: 2, "mirror", "--follow", "publisher:nobody")
            let first = try share("first")
            try Laboratory.eventually("the first is kept") { try keeps(node, first) }
            let stored = try used(node, "mirrored")
            #expect(stored > 1 << 20)
            node.stop()
            #expect(try keeps(node, first))
            try node.ask("quota", "mirrored=\(stored + (1 << 19))")
            try node.start(["--join", publisher.ticket])
            let second = try share("second")
            try Laboratory.eventually("the second has no room") {
                let why = try layer(node, second)?["why"]?.string
                return why?.contains("no room") == true
            }
            try node.ask("quota", "mirrored=none")
            try Laboratory.eventually("there is room now") { try keeps(node, second) }
            try node.refused("refused", "remove", first)
            let list = try node.ask("mirror", "--unfollow", "publisher:\(publisher.key)")
            #expect(list["follows"]?.array?.isEmpty == true)
            try Laboratory.eventually("both are cached") {
                try used(node, "mirrored") == 0 && used(node, "cache") > 2 << 20
            }
            #expect(try node.ask("list")["layers"]?.array?.count == 2)
        }

        @Test func `what is to be taken by hand waits, but not for a mirror that is named`() throws
        {
            let waiting = try mirror("waiting", ["tag:verse"])
            let named = try mirror("named", ["tag:verse"])
            let options = ["--tag", "verse", "--propagation", "manual", "--mirror-node", named.key]
            let id = try share("verses", options)
            try Laboratory.eventually("the named one takes it") { try keeps(named, id) }
            try Laboratory.eventually("the other waits for its owner") {
                try layer(waiting, id)?["why"]?.string?.contains("--take") == true
            }
            #expect(try layer(waiting, id)?["propagation"]?.string == "manual")
            // What is said of something else leaves the named one named.
            try publisher.ask("mirror", id, "--replicas", "3")
            try Laboratory.eventually("the number is known, the pace is as before") {
                let row = try layer(named, id)
                return row?["target"]?.integer == 3 && row?["named"]?.bool == true
                    && row?["propagation"]?.string == "manual"
            }
            try waiting.refused("refused", "mirror", id, "--propagation", "immediate")
            try waiting.ask("mirror", id, "--take")
            try Laboratory.eventually("it is taken") { try keeps(waiting, id) }
        }

        @Test func `sealed copies go to mirrors that let them, up to the number that is wanted`()
            throws
        {
            let mirrors = try (0..<2).map {
                try laboratory.running("mirror\($0)", joining: [publisher])
            }
            for node in mirrors {
                try node.meets(publisher)
                try node.ask("trust", "--allow", "publisher:\(publisher.key)", "--for", "mirror")
            }
            let id = try share("secret", ["--visibility", "private", "--replicas", "3"])
            let logs = { (mirrors + [publisher]).map { "\($0.name): \($0.log)" } }
            try Laboratory.eventually("both keep it sealed: \(logs())") {
                let row = try publisher.ask("mirror")["sealed"]?.array?.first
                return row?["living"]?.integer == 3 && row?["missing"]?.integer == 0
            }
            let row = try #require(try publisher.ask("mirror")["sealed"]?.array?.first)
            #expect(row["layer"]?.string == id && row["target"]?.integer == 3)
            for node in mirrors {
                let kept = try node.ask("mirror")["heldForOthers"]?.array ?? []
                #expect(kept.count == 1 && kept[0]["state"]?.string == "complete")
            }
        }
    }
}
