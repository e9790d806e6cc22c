import Genome
import Host
import Testing

extension RealNodes {
    /// A knows nobody, B knows A, C knows B.
    @Suite("In a chain of nodes", .serialized)
    struct ChainTests {
        private let laboratory: Laboratory
        private let a: TestNode
        private let b: TestNode
        private let c: TestNode

        init() throws {
            laboratory = try Laboratory()
            a = try laboratory.running("a")
            b = try laboratory.running("b", joining: [a])
            c = try laboratory.running("c", joining: [b])
        }

        private func files(_ answer: JSONValue) -> [(path: String, blob: String)] {
            (answer["files"]?.array ?? []).map {
                ($0["path"]?.string ?? "", $0["blob"]?.string ?? "")
            }
        }

        private func expectFields(
            _ value: JSONValue?, _ names: String, location: SourceLocation = #_sourceLocation
        ) {
            for name in names.split(separator: " ") {
                let said: Comment = "\(name) is missing in \(String(describing: value))"
                #expect(value?[String(name)] != nil, said, sourceLocation: location)
            }
        }

        @Test func `the last fetches from the middle what the first published`() throws {
            let folder = try laboratory.layerFolder("poems", size: 3 << 20 + 11)
            let shared = try a.share(folder, ["--summary", "verse", "--tag", "poetry"])
            expectFields(shared, "layer uuid ref size files")
            let layer = try #require(shared["layer"]?.string)
            #expect(
                files(shared).map(\.path) == ["data.safetensors", "facts/meta.json", "notes.txt"])
            expectFields(shared["files"]?.array?.first, "path blob size sha256")

            let found = try b.ask("find", "verse", "--wait", "20")
            expectFields(found, "results asOf")
            let result = found["results"]?.array?.first
            expectFields(
                result,
                "layer uuid ref type licence visibility size base publisher holders held access")
            #expect(result?["layer"]?.string == layer)
            #expect(result?["held"]?.bool == false)
            #expect(result?["publisher"]?.string == a.key)

            let first = try b.ask("fetch", layer)
            expectFields(first, "layer size received reused seconds sources path")
            #expect(first["sources"]?.array?.compactMap { $0["node"]?.string } == [a.key])
            #expect(first["received"]?.integer ?? 0 >= first["size"]?.integer ?? .max)
            try Laboratory.eventually("C hears that B has it") {
                try c.run("show", layer).json["holders"]?.array?.contains(.string(b.key)) == true
            }
            a.stop()

            let second = try c.ask("fetch", layer, "--out", "\(laboratory.path)/out")
            let sources = second["sources"]?.array ?? []
            #expect(sources.compactMap { $0["node"]?.string } == [b.key])
            #expect(sources.first?["bytes"]?.integer == second["received"]?.integer)
            #expect(second["path"]?.string == "\(laboratory.path)/out")
            for file in files(shared) {
                let copy = "\(laboratory.path)/out/\(file.path)"
                #expect(Laboratory.areEqual("\(folder)/\(file.path)", copy), "\(file.path)")
                #expect(Laboratory.areEqual(copy, c.object(file.blob)))
            }
            let again = try c.ask("fetch", layer)
            #expect(again["received"]?.integer == 0)
            #expect(again["reused"]?.integer == again["size"]?.integer)
            try expectAnswers(layer, reference: shared["ref"]?.string ?? "")
            b.stop()
            c.stop()
        }

        /// The fields that scripts rely on, asked of the node that fetched.
        private func expectAnswers(_ layer: String, reference: String) throws {
            let list = try c.ask("list")["layers"]?.array ?? []
            #expect(list.count == 1)
            expectFields(list.first, "layer uuid ref type licence visibility size origin")
            let shown = try c.ask("show", reference)
            #expect(shown["layer"]?.string == layer)
            expectFields(shown, "layer uuid ref size files visibility held manifest holders")
            #expect(try c.ask("show", String(layer.prefix(8)))["layer"]?.string == layer)
            let status = try c.ask("status")
            expectFields(status, "node home version layers bytes running peer peers transfers")
            #expect(status["node"]?.string == c.key)
            #expect(status["running"]?.bool == true)
            #expect(status["http"]?.isNull == true)
            let peers = try c.ask("peers")["peers"]?.array ?? []
            expectFields(peers.first, "node address state rtt sent received")
            #expect(peers.contains { $0["node"]?.string == b.key })
            let ticket = try c.ask("ticket")
            #expect(ticket["ticket"]?.string == c.ticket)
            #expect(ticket["node"]?.string == c.key)
            let checked = try c.ask("verify", layer)
            #expect(checked["ok"]?.bool == true)
            expectFields(checked["checks"]?.array?.first, "name ok detail")
            let export = try c.ask("export", layer, "\(laboratory.path)/copy")
            expectFields(export, "layer path files")
            #expect(export["files"]?.array?.count == 3)
        }

        @Test func `a bare name is refused until its publisher is trusted`() throws {
            let file = try laboratory.write("notes.txt", "Some notes.\n")
            let layer = try a.share(file, ["--name", "river-notes"])["layer"]?.string
            _ = try c.ask("find", "--wait", "20")
            let words = try c.refused("refused", "show", "river-notes")
            #expect(words.contains("plasmid trust"))
            let trust = try c.ask("trust", a.key)
            #expect(trust["trusted"]?.bool == true)
            #expect(try c.ask("show", "river-notes")["layer"]?.string == layer)
            _ = try c.ask("trust", a.key, "--remove")
            try c.refused("refused", "show", "river-notes")
        }

        @Test func `commands end with 0, 1 or 2`() throws {
            let nothing = String(repeating: "0", count: 64)
            try c.refused("notFound", "show", nothing)
            try c.refused("notFound", "show", "nobody-made-this")
            try c.refused("unreachable", "fetch", nothing, "--wait", "2")
            try c.refused("usage", exit: 2, "show")
            try c.refused("usage", exit: 2, "join", "not a ticket")
            #expect(try c.run("find", "nothing-like-it").code == 0)
        }
    }
}
