import Foundation
import Genome
import Testing

@testable import Node

extension RealNodes {
    /// Fetches that people watch, pause and reorder, and nodes that fetch the same at a time.
    @Suite("Transfers", .serialized)
    struct TransferTests {
        private let laboratory: Laboratory
        private let a: TestNode

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
        }

        /// A node that has met A and heard of its layer.
        private func target(_ name: String, of layer: String) throws -> TestNode {
            let node = try laboratory.running(name, joining: [a])
            try node.meets(a)
            try Laboratory.eventually("\(name) hears of it") {
                try node.run("show", layer).code == 0
            }
            return node
        }

        private func shared(_ megabytes: Int) throws -> String {
            let path = try laboratory.writeTensors("data.safetensors", size: megabytes << 20)
            return try #require(try a.share(path)["layer"]?.string)
        }

        private func transfer(_ node: TestNode) throws -> JSONValue? {
            try node.ask("transfers")["transfers"]?.array?.first
        }

        @Test func `a fetch is seen, paused, resumed and cancelled, and what came stays`() throws {
            let layer = try shared(48)
            try a.ask("limits", "upload=8M", "local=on")
            let b = try target("b", of: layer)
            let fetch = try b.spawn(["fetch", layer, "--json"])
            try Laboratory.eventually("something has come") {
                (try transfer(b)?["received"]?.integer ?? 0) > 4 << 20
            }
            let row = try #require(try transfer(b))
            #expect(row["layer"]?.string == layer && row["total"]?.integer ?? 0 > 48 << 20)
            #expect(row["sources"]?.array?.first?["node"]?.string == a.key)
            #expect(row["slowCause"]?.string != nil && row["paused"]?.bool == false)
            try b.ask("transfers", layer, "--pause")
            // What was asked for comes in, then nothing more.
            var last: Int64 = -1
            try Laboratory.eventually("it stands still") {
                let now = try transfer(b)?["received"]?.integer ?? 0
                defer { last = now }
                Thread.sleep(forTimeInterval: 0.5)
                return now == last
            }
            #expect(try transfer(b)?["paused"]?.bool == true)
            #expect(try b.run("transfers").out.contains("paused"))
            #expect(try b.run("status").out.contains("paused"))
            try b.ask("transfers", "all", "--priority", "high")
            try b.ask("transfers", "all", "--resume")
            try Laboratory.eventually("it goes on") {
                (try transfer(b)?["received"]?.integer ?? 0) > last
            }
            #expect(try transfer(b)?["priority"]?.string == "high")
            try b.ask("transfers", layer, "--cancel")
            let outcome = fetch.wait()
            #expect(outcome.code != 0 && outcome.out.contains("cancelled"))
            #expect(try transfer(b) == nil)
            try a.ask("limits", "upload=none")
            let again = try b.ask("fetch", layer)
            #expect(again["reused"]?.integer ?? 0 > 4 << 20)
        }

        @Test func `an upload limit is kept, and lasts over a restart`() throws {
            let layer = try shared(12)
            #expect(try a.ask("limits", "upload=4M", "local=on")["upload"]?.integer == 4 << 20)
            a.stop()
            try a.start()
            #expect(try a.ask("limits")["upload"]?.integer == 4 << 20)
            let b = try target("b", of: layer)
            let seconds = try b.ask("fetch", layer)["seconds"]?.number ?? 0
            // A second's worth is saved up, the rest must be waited for.
            #expect(seconds > 1.5 && seconds < 10, "\(seconds) s")
            try a.refused("usage", exit: 2, "limits", "upload=1")
            try a.refused("usage", exit: 2, "limits", "sideways=1M")
            try a.refused("usage", exit: 2, "transfers", layer)
            try a.refused("notFound", "transfers", layer, "--pause")
        }

        @Test func `nodes that fetch the same layer at a time give it to each other`() throws {
            let layer = try shared(48)
            try a.ask("limits", "upload=8M", "local=on")
            let targets = try ["b", "c", "d"].map { try target($0, of: layer) }
            let fetches = try targets.map { try $0.spawn(["fetch", layer, "--json"]) }
            var fromA: Int64 = 0
            for fetch in fetches {
                let outcome = fetch.wait()
                try #require(outcome.code == 0, "\(outcome.out) \(outcome.error)")
                let sources = outcome.json["sources"]?.array ?? []
                #expect(sources.count > 1, "\(sources)")
                for source in sources where source["node"]?.string == a.key {
                    fromA += source["bytes"]?.integer ?? 0
                }
            }
            // Three copies came; the source gave hardly more than one.
            #expect(fromA < (48 << 20) * 16 / 10, "\(fromA)")
            for node in targets { #expect(try node.ask("verify", layer)["ok"]?.bool == true) }
        }
    }
}
