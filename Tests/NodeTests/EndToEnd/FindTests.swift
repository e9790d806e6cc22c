import Foundation
import Genome
import Testing
import Wire

extension RealNodes {
    /// Searching as a person does, over real nodes.
    @Suite("What a lab looks for", .serialized)
    struct FindTests {
        private let laboratory: Laboratory

        init() throws { laboratory = try Laboratory() }

        private func names(_ node: TestNode, _ words: [String]) throws -> [String] {
            let outcome = try node.spawn(["find"] + words + ["--json"]).wait()
            try #require(outcome.code == 0, "\(words): \(outcome.out) \(outcome.error)")
            return (outcome.json["results"]?.array ?? []).compactMap { row in
                let ref = row["ref"]?.string ?? ""
                return ref.split(separator: "/").last?.split(separator: "@").first
                    .map { String($0) }
            }.sorted()
        }

        @Test func `is found by everything that a record says`() throws {
            let a = try laboratory.running("a")
            let b = try laboratory.running("b", joining: [a])
            let base = try #require(
                a.share(LearningSample.base, ["--name", "tiny", "--type", "foundation"])["layer"]?
                    .string)
            _ = try a.share(
                LearningSample.adapter,
                ["--name", "notes", "--type", "lora", "--base", base, "--tag", "sea", "--tag", "x"])
            let folder = try laboratory.layerFolder("texts", size: 2_000_000)
            _ = try a.share(folder, ["--name", "large", "--licence", "CC-BY-NC-4.0"])
            try Laboratory.eventually("b hears of all") { try names(b, []).count == 3 }
            #expect(try names(b, ["note"]) == ["notes"])
            #expect(try names(b, ["--type", "foundation"]) == ["tiny"])
            #expect(try names(b, ["--name", "large"]) == ["large"])
            #expect(try names(b, ["--base", base]) == ["notes"])
            #expect(try names(b, ["--rank", "1..1024"]) == ["notes"])
            #expect(try names(b, ["--rank", "1025.."]).isEmpty)
            #expect(try names(b, ["--size", "1M..", "--name", "large"]) == ["large"])
            #expect(try names(b, ["--size", "..1K"]).isEmpty)
            #expect(try names(b, ["--licence-class", "nonCommercial"]) == ["large"])
            #expect(try names(b, ["--tag", "sea", "--tag", "x"]) == ["notes"])
            #expect(try names(b, ["--tag", "sea", "--tag", "y"]).isEmpty)
            #expect(try names(b, ["--publisher", a.key]).count == 3)
            #expect(try names(b, ["--publisher", b.key]).isEmpty)
            #expect(try names(b, ["--language", "de"]).isEmpty)

            let one = try b.ask("find", "--limit", "1")
            #expect(one["results"]?.array?.count == 1 && one["truncated"] == false)
            let next = try #require(one["next"]?.string)
            #expect(try names(b, ["--after", next]).count == 2)
            try b.refused("usage", exit: 2, "find", "--limit", "101")
            try b.refused("usage", exit: 2, "find", "--rank", "9..3")
            try b.refused("usage", exit: 2, "find", "--size", "some")
            try b.refused("usage", exit: 2, "find", "--licence-class", "free")
            try b.refused("usage", exit: 2, "find", "--publisher", "nobody")
            try b.refused("usage", exit: 2, "find", "?!")
            for node in [a, b] { node.stop() }
        }

        @Test func `is told with its age, and near by from far away`() throws {
            let a = try laboratory.running("a", ["--region", "eu-central"])
            let b = try laboratory.running("b", joining: [a], ["--region", "eu-central"])
            let c = try laboratory.running("c", joining: [b], ["--region", "us-east"])
            let folder = try laboratory.layerFolder("texts", size: 1_000)
            _ = try a.share(folder, ["--name", "verse"])
            try Laboratory.eventually(
                "b was compared with a neighbour and knows that it is near", seconds: 60
            ) {
                let answer = try b.ask("find", "verse", "--scope", "regional")
                let domain = answer["domains"]?.array?.first
                return answer["results"]?.array?.count == 1 && answer["nodes"] == 2
                    && answer["asOf"]?.integer != nil && domain?["agreeing"]?.integer ?? 0 > 0
            }
            // C is a few microseconds away, but in another region, and A is no neighbour of it.
            try Laboratory.eventually("c hears of it") { try names(c, ["verse"]) == ["verse"] }
            #expect(try names(c, ["verse", "--scope", "regional"]).isEmpty)
            let said = try b.spawn(["find", "verse"]).wait()
            let lines = said.out.split(separator: "\n").map { String($0) }
            #expect(lines.count == 3 && lines.allSatisfy { $0.count <= 80 }, "\(said.out)")
            #expect(lines.last?.hasPrefix("Compared with ") == true, "\(said.out)")
            b.stop()
            // The region is remembered; without a node nobody else is near.
            let alone = try b.ask("find", "verse", "--scope", "regional")
            #expect(alone["nodes"] == 1 && alone["asOf"] == .null)
            #expect(
                try b.spawn(["find", "verse"]).wait().out.contains("No node runs here"))
            for node in [a, c] { node.stop() }
        }

        @Test func `local is what is here and at the same place`() throws {
            let a = try laboratory.running("a")
            let b = try laboratory.running("b", joining: [a])
            let folder = try laboratory.layerFolder("texts", size: 1_000)
            _ = try a.share(folder, ["--name", "verse"])
            try Laboratory.eventually("b knows that a is near", seconds: 60) {
                try names(b, ["verse", "--scope", "local"]) == ["verse"]
            }
            try b.refused("refused", "find", "--scope", "regional")
            a.stop()
            try Laboratory.eventually("b knows that a is gone") {
                try names(b, ["verse", "--scope", "local"]).isEmpty
            }
            #expect(try names(b, ["verse"]) == ["verse"])
            b.stop()
        }
    }
}
