import Genome
import Testing

@testable import Node

@Suite("What doctor says")
struct DoctorCommandTests {
    private func lines(_ checks: [(String, Bool, String)]) -> [String] {
        var answer = JSONObject()
        answer["ok"] = .bool(checks.allSatisfy(\.1))
        answer["checks"] = .array(
            checks.map { check in
                [
                    "name": .string(check.0), "ok": .bool(check.1), "detail": .string(check.2),
                ]
            })
        return DoctorCommand.lines(answer, width: 80)
    }

    @Test func `what is bad is told in full, in 80 columns`() {
        let long =
            "alone; not reached: 192.168.17.23:4747: Connection refused, 10.0.0.1:4747: no answer. "
            + "Is this machine online, and does a firewall let it out?"
        let said = lines([("disk", true, "fine"), ("network", false, long)])
        #expect(said.allSatisfy { $0.count <= 80 })
        let text = said.map { $0.split(separator: " ").joined(separator: " ") }.joined(
            separator: " ")
        #expect(text.contains("network: " + long))
        #expect(!text.contains("--repair"), "repairing the store helps no network")
        #expect(!text.contains("All is well"))
    }

    @Test func `a store that is damaged is told how it is put right`() {
        let said = lines([("index", false, "row 7 is missing"), ("clock", true, "agrees")])
        #expect(said.contains { $0.contains("plasmid doctor --repair") })
        #expect(said.contains { $0.contains("--rebuild") })
        #expect(lines([("index", true, "ok")]).last == "All is well.")
    }
}
