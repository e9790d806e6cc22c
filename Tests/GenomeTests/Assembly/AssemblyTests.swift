import Testing
import Wire

@testable import Genome

@Suite("An assembly")
struct AssemblyTests {
    static func json(_ count: UInt8, _ connections: [(UInt8, UInt8, String, String?)]) -> JSONValue
    {
        let layers = (1...count).map { number -> JSONValue in
            ["layer": .string(Fixtures.digest(number).hexadecimal)]
        }
        let lines = connections.map { from, to, kind, strength -> JSONValue in
            var object = JSONObject()
            object["fromLayer"] = .string(Fixtures.digest(from).hexadecimal)
            object["toLayer"] = .string(Fixtures.digest(to).hexadecimal)
            object["connectionType"] = .string(kind)
            object["strength"] = strength.map { .string($0) }
            return .object(object)
        }
        return ["layers": .array(layers), "connections": .array(lines)]
    }

    private func words(_ json: JSONValue) -> String? {
        Fixtures.fault { _ = try Assembly(json) }?.description
    }

    @Test func `keeps the order of its layers and what connects them`() throws {
        let assembly = try Assembly(
            Self.json(3, [(1, 2, "parallel", "0.5"), (3, 2, "skip", nil)]))
        #expect(assembly.members.map(\.layer) == (1...3).map { Fixtures.digest($0) })
        #expect(assembly.members.allSatisfy { $0.influence == 1 })
        #expect(assembly.connections.map(\.strength) == [0.5, 1])
        #expect(assembly.connections.map(\.kind) == [.parallel, .skip])
    }

    @Test func `is refused where it contradicts itself`() {
        let twice: JSONValue = [
            "layers": [
                ["layer": .string(Fixtures.digest(1).hexadecimal)],
                ["layer": .string(Fixtures.digest(1).hexadecimal), "weight": "0.5"],
            ]
        ]
        #expect(words(twice)?.contains("twice") == true)
        #expect(words(["layers": []])?.contains("one layer or more") == true)
        let cases: [([(UInt8, UInt8, String, String?)], String)] = [
            ([(1, 9, "parallel", nil)], "between two layers"),
            ([(1, 1, "parallel", nil)], "between two layers"),
            ([(1, 2, "parallel", "1.5")], "between 0 and 1"),
            ([(1, 2, "parallel", "-1")], "between 0 and 1"),
            ([(1, 2, "parallel", nil), (1, 2, "skip", nil)], "twice"),
        ]
        for (connections, expected) in cases {
            #expect(words(Self.json(3, connections))?.contains(expected) == true)
        }
    }

    @Test func `a circle is refused and shown`() {
        let said = words(
            Self.json(
                4,
                [
                    (1, 2, "sequential", nil), (2, 3, "sequential", nil),
                    (3, 1, "parallel", nil), (3, 4, "skip", nil),
                ]))
        let ends = (1...3).map { String(Fixtures.digest($0).hexadecimal.prefix(8)) }
        #expect(said?.contains("without a circle") == true)
        for end in ends { #expect(said?.contains(end) == true) }
        #expect(said?.contains("04040404") == false)
    }

    @Test func `an order follows the connections, and the list where they say nothing`() {
        let layers = (1...4).map { Fixtures.digest($0) }
        let after = Assembly.Connection(from: layers[2], to: layers[0], kind: .sequential)
        #expect(
            Assembly.ordered(layers, [after]) == [layers[1], layers[2], layers[0], layers[3]])
        let back = Assembly.Connection(from: layers[0], to: layers[2], kind: .sequential)
        #expect(Assembly.ordered(layers, [after, back]) == nil)
    }

    @Test func `of most layers with a great many connections is read in no time`() throws {
        var lines: [(UInt8, UInt8, String, String?)] = []
        for from in UInt8(1)..<64 {
            for to in (from + 1)...64 where lines.count < 1_024 {
                lines.append((from, to, "sequential", nil))
            }
        }
        let clock = ContinuousClock()
        let json = Self.json(64, lines)
        let time = try clock.measure { _ = try Assembly(json) }
        #expect(time < .seconds(1))
    }

    @Test func `its members are what it needs and what its terms come from`() throws {
        var object = Fixtures.plainManifest()
        object["type"] = "assembly"
        object["files"] = []
        object["assembly"] = Self.json(2, [])
        let manifest = try Manifest.make(object)
        #expect(manifest.assemblyMembers == [Fixtures.digest(1), Fixtures.digest(2)])
        #expect(
            manifest.dependencies.map(\.target) == [
                .layer(Fixtures.digest(1)), .layer(Fixtures.digest(2)),
            ])
        let links = manifest.licenceLinks.filter { $0.role == .parent }
        #expect(links.count == 2)
    }
}
