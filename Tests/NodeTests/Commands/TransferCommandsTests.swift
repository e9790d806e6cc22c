import Genome
import Testing

@testable import Node

@Suite struct TransferCommandsTests {
    private func answer(_ rows: [JSONValue]) -> JSONObject {
        var object = JSONObject()
        object["transfers"] = .array(rows)
        return object
    }

    @Test func `fetches stand in a table, and what slows one down below it`() {
        let lines = TransferCommands.lines(
            answer([
                [
                    "layer": "abcdef0123456789abcdef", "ref": "lab.k7x2m4qa/poems@1.0.0",
                    "phase": "transferring", "done": 26_214_400, "total": 104_857_600,
                    "rate": 10_485_760, "secondsLeft": 75, "paused": false, "priority": "high",
                    "sources": [["node": "a", "bytes": 1]], "slow": "this machine's disk",
                ],
                [
                    "layer": "abcdef0123456789abcdef", "phase": "locating", "done": 0,
                    "total": 0, "paused": true, "priority": "normal", "sources": [],
                ],
            ]), width: 100)
        #expect(lines.count == 4)
        #expect(lines[1].contains("25 %") && lines[1].contains("transferring, high"))
        #expect(lines[1].contains("1:15") && lines[2].contains("paused"))
        #expect(lines[2].contains("abcdef0123456789"))
        #expect(lines[3] == "lab.k7x2m4qa/poems@1.0.0: slowed by this machine's disk")
        #expect(lines.allSatisfy { $0.count <= 100 })
        #expect(TransferCommands.lines(answer([]), width: 80) == ["Nothing is being fetched."])
    }
}
