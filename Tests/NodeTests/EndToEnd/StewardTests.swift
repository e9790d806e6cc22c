import Foundation
import Genome
import Testing

extension RealNodes {
    /// Terms that no catalogue knows and parents that nobody sees.
    @Suite("What a steward and a stub say", .serialized)
    struct StewardTests {
        private let laboratory: Laboratory

        init() throws { laboratory = try Laboratory() }

        private func layer(_ answer: JSONValue) throws -> String {
            try #require(answer["layer"]?.string)
        }

        @Test func `a licence of ones own is unknown until a steward whom one trusts reads it`()
            throws
        {
            let a = try laboratory.running("a")
            let s = laboratory.node("s")
            let folder = try laboratory.layerFolder("notes", size: 1_000)
            let other = try laboratory.layerFolder("other", size: 1_000, seed: 2)
            let parent = try layer(
                a.share(folder, ["--name", "parent", "--licence", "LicenseRef-Lab"]))
            func child(_ licence: String) -> [String] {
                [
                    "share", other, "--name", "child", "--type", "memory", "--licence", licence,
                    "--visibility", "public", "--parent", parent, "--json",
                ]
            }
            #expect(try a.spawn(child("MIT")).wait().words.contains("unknown via parent"))
            let file = "\(laboratory.path)/lab.json"
            _ = try s.spawn(["init"]).wait()
            let mapped = try s.ask(
                "licence", "map", "LicenseRef-Lab", "--asks", "researchOnly", "--words",
                "for research", "--out", file)
            let steward = try #require(mapped["signer"]?.string)
            let unknown = try a.refused("refused", "licence", "import", file)
            #expect(unknown.contains("plasmid trust \(steward) --steward"))
            try a.ask("trust", steward, "--steward")
            #expect(try a.ask("licence", "import", file)["licences"] == ["LicenseRef-Lab"])
            let list = try a.ask("licence", "list")
            #expect(list["stewards"] == [.string(steward)])
            #expect(list["documents"]?.array?.first?["counts"] == true)
            let words = try a.spawn(child("MIT")).wait().words
            #expect(words.contains("researchOnly via parent parent@1.0.0"), "\(words)")
            let shared = try a.spawn(child("LicenseRef-Lab")).wait()
            #expect(shared.code == 0, "\(shared.out)")
            // What was given is taken back.
            try a.ask("trust", steward, "--steward", "--remove")
            let shown = try a.ask("show", try layer(shared.json))
            #expect(shown["termsRefused"]?.string?.contains("unknown") == true)
            try a.refused("usage", exit: 2, "licence", "map", "MIT", "--asks", "researchOnly")
            try a.refused("usage", exit: 2, "licence", "map", "LicenseRef-X", "--asks", "nothing")
            try a.refused("usage", exit: 2, "licence", "burn", "x")
            a.stop()
        }

        @Test func `a held child is judged again when its parent or a stub of it comes`() throws {
            let a = try laboratory.running("a")
            let c = try laboratory.running("c", joining: [a])
            let b = try laboratory.running("b", joining: [a])
            let folder = try laboratory.layerFolder("notes", size: 1_000)
            let other = try laboratory.layerFolder("other", size: 1_000, seed: 2)
            let research = try layer(
                b.share(
                    folder, ["--name", "research", "--licence", "LicenseRef-Mistral-Research"]))
            // A cannot tell; C takes the child in and offers it further.
            let child = try layer(a.share(other, ["--name", "free", "--parent", research]))
            for layer in [child, research] {
                try Laboratory.eventually("c hears") { try c.run("show", layer).code == 0 }
            }
            try c.ask("fetch", child)
            func holders() throws -> Int {
                try a.ask("show", child)["holders"]?.array?.count ?? 0
            }
            try Laboratory.eventually("c offers it too") { try holders() == 2 }
            try c.ask("fetch", research, "--accept-licence", "LicenseRef-Mistral-Research")
            #expect(
                try c.ask("show", child)["termsRefused"]?.string?
                    .contains("nonCommercial via parent research@1.0.0") == true)
            try Laboratory.eventually("c offers it no more") { try holders() == 1 }

            // A parent that nobody may see: its publisher says what it asks.
            let secret = try layer(
                a.share(
                    try laboratory.layerFolder("secret", size: 1_000, seed: 3),
                    ["--name", "secret", "--visibility", "private", "--licence", "MIT"]))
            let open = try layer(
                a.share(
                    try laboratory.layerFolder("open", size: 1_000, seed: 4),
                    ["--name", "open", "--parent", secret]))
            try Laboratory.eventually("c hears") { try c.run("show", open).code == 0 }
            try c.ask("fetch", open)
            #expect(try c.ask("show", open)["termsUnverified"]?.array?.count == 1)
            let file = "\(laboratory.path)/stub.json"
            try a.refused("usage", exit: 2, "licence", "stub", secret)
            try a.ask("licence", "stub", secret, "--widest", "public", "--out", file)
            try c.ask("trust", a.key)
            #expect(try c.ask("licence", "import", file)["layer"]?.string == secret)
            #expect(try c.ask("show", open)["termsUnverified"]?.array?.isEmpty == true)
            #expect(try c.ask("show", open)["termsRefused"]?.isNull == true)
            let narrow = "\(laboratory.path)/narrow.json"
            usleep(1_100_000)
            try a.ask("licence", "stub", secret, "--widest", "private", "--out", narrow)
            try c.ask("licence", "import", narrow)
            #expect(try c.ask("show", open)["termsRefused"]?.string?.contains("visibility") == true)
            try c.refused("refused", "licence", "import", file)
            for node in [a, b, c] { node.stop() }
        }

        @Test func `the owner says how much the terms of data count`() throws {
            let bench = try TrainLaboratory()
            let terms = [
                "--data-licence", "CC-BY-NC-4.0", "--share", "--licence", "MIT", "--visibility",
                "public",
            ]
            let strict = try bench.node.spawn(bench.words("a", steps: 1, terms)).wait(seconds: 60)
            #expect(strict.failure == "licence", "\(strict.out)")
            #expect(strict.words.contains("nonCommercial via dataset"), "\(strict.words)")
            try bench.node.refused("usage", exit: 2, "licence", "data", "never")
            #expect(try bench.node.ask("licence", "data", "warn")["data"] == "warn")
            let answer = try bench.train("a", steps: 1, terms)
            let layer = try #require(answer["layer"]?.string)
            let warned = try bench.node.ask("show", layer)
            #expect(warned["termsWarned"]?.array?.count == 1)
            #expect(warned["termsRefused"]?.isNull == true)
            try bench.node.ask("licence", "data", "off")
            #expect(try bench.node.ask("show", layer)["termsWarned"]?.array?.isEmpty == true)
            try bench.node.ask("licence", "data", "strict")
            #expect(try bench.node.ask("show", layer)["termsRefused"]?.string != nil)
        }
    }
}
