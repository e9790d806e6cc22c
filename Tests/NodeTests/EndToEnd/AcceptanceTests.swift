import Genome
import Testing

extension RealNodes {
    /// Terms that must be accepted before a layer is taken in.
    @Suite("Accepting terms", .serialized)
    struct AcceptanceTests {
        @Test func `a script gives the expression, and once is enough`() throws {
            let laboratory = try Laboratory()
            let a = try laboratory.running("a")
            let folder = try laboratory.layerFolder("gated", size: 1 << 16)
            let shared = try a.ask(
                "share", folder, "--visibility", "public", "--type", "memory", "--licence",
                "LicenseRef-Llama-3.1", "--name", "gated")
            let layer = try #require(shared["layer"]?.string)
            let b = try laboratory.running("b", joining: [a])
            _ = try b.ask("find", "--wait", "20")
            #expect(try b.refused("licence", "fetch", layer).contains("LicenseRef-Llama-3.1"))
            _ = try b.refused("licence", "fetch", layer, "--accept-licence", "MIT")
            _ = try b.ask("fetch", layer, "--accept-licence", "LicenseRef-Llama-3.1")
            _ = try b.ask("fetch", layer)
            // Both sides keep b's word, and a third node gets nothing by it.
            try Laboratory.eventually("a has kept it") {
                try a.ask("show", layer)["statements"]?.array?.isEmpty == false
            }
            for node in [a, b] {
                let statements = try node.ask("show", layer)["statements"]?.array ?? []
                #expect(statements.map { $0["kind"] } == ["acceptance"])
                #expect(statements.first?["publisher"]?.string == b.key)
            }
            let c = try laboratory.running("c", joining: [a, b])
            _ = try c.ask("find", "--wait", "20")
            _ = try c.refused("licence", "fetch", layer)
            _ = try c.ask("fetch", layer, "--accept-licence", "LicenseRef-Llama-3.1")
        }
    }
}
