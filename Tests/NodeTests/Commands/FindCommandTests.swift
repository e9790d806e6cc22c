import Genome
import Testing

@testable import Node

@Suite("What find says")
struct FindCommandTests {
    private let now: UInt64 = 1_800_000_000_000

    private func answer(_ change: (inout JSONObject) -> Void = { _ in }) -> JSONObject {
        var object = JSONObject()
        let row: JSONValue = [
            "ref": .string("laboratory-of-everything.k7x2m4qa/a-very-long-name@10.20.30-rc.1"),
            "type": "specialization", "licence": "CC-BY-NC-SA-4.0 OR LicenseRef-Something",
            "size": 123_456_789, "holders": 12, "held": true,
            "layer": .string(String(repeating: "a", count: 64)),
        ]
        object["results"] = [row, row]
        object["scope"] = "global"
        object["truncated"] = false
        object["asOf"] = .integer(Int64(now) - 120_000)
        object["running"] = true
        object["domains"] = [["domain": "public", "neighbours": 4, "agreeing": 3]]
        change(&object)
        return object
    }

    private func lines(_ change: (inout JSONObject) -> Void = { _ in }) -> [String] {
        FindCommand.lines(answer(change), now: now, width: 80)
    }

    @Test func `fits 80 columns whatever it says`() {
        let all = [
            lines(),
            lines {
                $0["truncated"] = true; $0["next"] = "3774873600000123456"
            },
            lines { $0["next"] = "3774873600000123456" },
            lines { $0["results"] = [] },
            lines {
                $0["results"] = []; $0["scope"] = "regional"; $0["nodes"] = 12
            },
            lines { $0["running"] = false },
        ]
        for line in all.flatMap({ $0 }) { #expect(line.count <= 80, "\(line)") }
        #expect(lines().count == 4)
    }

    @Test func `tells in plain words what it does not show`() {
        let cut = lines {
            $0["truncated"] = true; $0["next"] = "7"
        }
        #expect(cut.contains { $0.contains("stopped before it had looked at everything") })
        #expect(cut.contains { $0.contains("--after 7") })
        #expect(lines { $0["next"] = "7" }.contains("There are more; to go on: --after 7"))
        #expect(!lines().contains { $0.contains("--after") })
    }

    @Test func `tells how old the answer may be`() {
        #expect(lines().last == "Compared with 3 of 4 neighbours, at most 2 min ago.")
        #expect(
            lines { $0["asOf"] = .integer(Int64(now)) }.last
                == "Compared with 3 of 4 neighbours, just now.")
        #expect(lines { $0["asOf"] = .null }.last?.contains("Not yet compared") == true)
        #expect(lines { $0["domains"] = [] }.last?.contains("No neighbour is connected") == true)
        #expect(lines { $0["running"] = false }.last?.contains("No node runs here") == true)
    }

    @Test func `an empty answer of a scope says how far it reached`() {
        func first(_ scope: String, _ nodes: Int64) -> String? {
            lines {
                $0["results"] = []; $0["scope"] = .string(scope); $0["nodes"] = .integer(nodes)
            }
            .first
        }
        #expect(first("local", 1) == "Nothing found here; scope local reaches no other node now.")
        #expect(
            first("regional", 3)
                == "Nothing found here and at the 2 nodes in scope regional.")
    }

    @Test func `an empty text finds everything`() throws {
        func text(_ words: String...) throws -> JSONValue? {
            try FindCommand.request(try Arguments.parse(["find"] + words))["text"]
        }
        #expect(try text() == nil)
        #expect(try text("") == nil)
        #expect(try text(" ") == nil)
        #expect(try text("poems") == "poems")
    }

    @Test func `ranges have one end or two`() throws {
        func range(_ text: String) throws -> JSONValue? {
            let words = ["--rank", text]
            let arguments = try Arguments.parse(["find"] + words)
            return try FindCommand.range(arguments, "rank") { word throws(Failure) in
                guard let number = UInt64(word) else { throw Failure(.usage, "no") }
                return number
            }
        }
        #expect(try range("8") == ["min": 8, "max": 8])
        #expect(try range("8..64") == ["min": 8, "max": 64])
        #expect(try range("..64") == ["max": 64])
        #expect(try range("8..") == ["min": 8])
        for wrong in ["..", "64..8", "x", "1..2..3"] {
            #expect(throws: Failure.self) { try range(wrong) }
        }
    }
}
