import Foundation
import Genome
import Testing
import Wire

extension RealNodes {
    /// Nodes that keep little and ask others.
    @Suite("A light node", .serialized)
    struct LightNodeTests {
        private let laboratory: Laboratory

        init() throws { laboratory = try Laboratory() }

        @Test func `asks whole ones, says so, and fetches what they told of`() throws {
            let a = try laboratory.running("a")
            let b = try laboratory.running("b", joining: [a])
            let folder = try laboratory.layerFolder("texts", size: 1_000)
            let layer = try #require(try a.share(folder, ["--name", "verse"])["layer"]?.string)
            try Laboratory.eventually("a and b agree", seconds: 60) {
                try [a, b].allSatisfy { node in
                    let answer = try node.ask("find", "verse")
                    return answer["results"]?.array?.count == 1 && answer["asked"] == nil
                }
            }
            let light = try laboratory.running("light", joining: [a, b], ["--role", "light"])
            for node in [a, b] { try light.meets(node) }
            var answer = JSONValue.null
            try Laboratory.eventually("both answer: \(answer)", seconds: 30) {
                answer = try light.ask("find", "verse")
                let nodes = answer["asked"]?["nodes"]?.array ?? []
                return nodes.count == 2 && nodes.allSatisfy { $0["answer"] == "found" }
            }
            #expect(answer["results"]?.array?.compactMap { $0["layer"]?.string } == [layer])
            #expect(answer["asked"]?["why"]?.string == "light")
            #expect(
                answer["asked"]?["nodes"]?.array?.allSatisfy { $0["lacking"] == 0 } == true)
            #expect(try light.ask("status")["records"]?.integer ?? 99 < 8)
            #expect(try light.ask("status")["role"]?.string == "light")
            let said = try light.spawn(["find", "verse"]).wait()
            #expect(said.out.contains("Asked 2 other nodes"), "\(said.out)")
            #expect(said.out.contains("--local asks nobody"))
            #expect(try light.ask("find", "verse", "--local")["asked"] == nil)
            _ = try light.ask("fetch", layer)
            // It tells others of what it fetched, and is itself found by them.
            try Laboratory.eventually("a hears that it holds the layer", seconds: 60) {
                let holders = try a.ask("show", layer)["holders"]?.array ?? []
                return holders.contains { $0.string == light.key }
            }
            // The role is remembered.
            light.stop()
            try light.start()
            #expect(try light.ask("status")["role"]?.string == "light")
            for node in [a, b, light] { node.stop() }
        }

        @Test func `and a whole one never asks`() throws {
            let a = try laboratory.running("a")
            let b = try laboratory.running("b", joining: [a])
            try Laboratory.eventually("they agree", seconds: 60) {
                try b.ask("find", "x")["asked"] == nil
            }
            #expect(try !b.spawn(["find", "x"]).wait().out.contains("Asked"))
            for node in [a, b] { node.stop() }
        }
    }
}
