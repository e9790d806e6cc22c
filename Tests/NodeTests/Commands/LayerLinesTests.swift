import Genome
import Testing

@testable import Node

@Suite("What show prints of a layer's needs")
struct LayerLinesTests {
    private func lines(_ members: (String, JSONValue)...) -> [String] {
        LayerLines.lines(
            JSONObject(members.map { JSONObject.Member(name: $0.0, value: $0.1) }))
    }

    @Test func `is members, needs and claims, a line each`() {
        let found = lines(
            (
                "manifest",
                [
                    "assembly": [
                        "layers": [["layer": "0123456789abcdef0123", "weight": "0.5"]],
                        "connections": [
                            [
                                "fromLayer": "a", "toLayer": "b", "connectionType": "skip",
                                "strength": "0.25",
                            ]
                        ],
                    ]
                ]
            ),
            (
                "dependencies",
                [
                    "lock": [["layer": "ff", "ref": "x.k/y@1.0.0", "held": true]],
                    "leftOut": ["k/z *"], "warnings": ["y does not go well with z"],
                ]
            ),
            ("claims", [["kind": "capability", "text": "reads", "by": ["abcdefghijkl"]]]))
        #expect(
            found == [
                "  member      0123456789abcdef × 0.5", "  connects    a → b skip 0.25",
                "  needs       x.k/y@1.0.0, here", "  could use   k/z *",
                "  beware      y does not go well with z",
                "  capability  reads (certified by abcdefgh)",
            ])
    }

    @Test func `tells what cannot be had together and the circle`() {
        let needs: JSONValue = [
            "unsatisfiable": ["a requires b *"], "cycle": ["a", "b", "a"], "tooHard": "too many",
        ]
        #expect(
            lines(("dependencies", needs)) == [
                "  needs       what cannot be had together:", "              a requires b *",
                "  circle      a → b → a", "  needs       could not be worked out: too many",
            ])
        #expect(lines().isEmpty)
    }

    @Test func `lets no text reach the terminal with escapes`() {
        let claims: JSONValue = [["kind": "capability", "text": "\u{1b}[31mred", "by": []]]
        #expect(!lines(("claims", claims)).joined().contains("\u{1b}"))
    }
}
