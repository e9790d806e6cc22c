import Genome
import Testing

extension RealNodes {
    /// A publishes, B knows the parent, C does not.
    @Suite("A child that drops its parent's terms", .serialized)
    struct LaunderingTests {
        @Test func `is refused where it is shared and where it is taken in`() throws {
            let laboratory = try Laboratory()
            let a = try laboratory.running("a")
            let b = try laboratory.running("b", joining: [a])
            let c = try laboratory.running("c", joining: [a])
            let folder = try laboratory.layerFolder("notes", size: 1000)
            let research = try b.share(
                folder, ["--name", "research", "--licence", "LicenseRef-Mistral-Research"])
            let parent = try #require(research["layer"]?.string)
            let refused = try b.refused(
                "licence", "share", folder, "--name", "free", "--licence", "Apache-2.0",
                "--visibility", "public", "--type", "memory", "--parent", parent)
            #expect(refused.contains("nonCommercial via parent research@1.0.0"))
            #expect(refused.contains("declare --licence 'LicenseRef-Mistral-Research'"))

            // A never had the parent, so its node cannot tell.
            let other = try laboratory.layerFolder("other", size: 1000, seed: 2)
            let laundered = try a.share(
                other, ["--name", "free", "--licence", "Apache-2.0", "--parent", parent])
            let child = try #require(laundered["layer"]?.string)
            let shown = try a.spawn(["show", child]).wait()
            #expect(shown.out.contains("unverified  terms of parent \(parent.prefix(16))"))
            for node in [b, c] {
                try Laboratory.eventually("\(node.name) hears of it") {
                    try node.run("show", child).code == 0
                }
            }
            let words = try b.refused("licence", "fetch", child)
            #expect(words.contains("nonCommercial via parent research@1.0.0"))
            #expect(try b.ask("list")["layers"]?.array?.count == 1)
            // Nobody told C about the parent: it may take the child in, and says what it lacks.
            let before = try c.spawn(["show", child]).wait()
            #expect(before.out.contains("may      use it for anything, also commercially"))
            try c.ask("fetch", child)
            #expect(try c.ask("show", child)["termsUnverified"]?.array?.count == 1)
            for node in [a, b, c] { node.stop() }
        }
    }
}
