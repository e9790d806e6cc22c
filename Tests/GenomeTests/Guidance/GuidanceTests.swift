import Genome
import Testing

@Suite("What layers tell a model")
struct GuidanceTests {
    /// Every field once: the example of `docs/formats/guidance.md`.
    static let specialization = JSONValue.members([
        "specialization": [
            "domain": "code review",
            "methodology": ["read the tests first", "one remark a line"],
            "tools": [
                ["name": "grep", "purpose": "finds words", "interface": "grep WORD FILE"],
                [
                    "name": "run_tests",
                    "parameters": ["type": "object", "properties": ["name": ["type": "string"]]],
                ],
            ],
            "workflows": [["name": "review", "steps": ["read", "remark"]]],
        ]
    ])

    static let communication = JSONValue.members([
        "style": [
            "personality": [
                ["trait": "patience", "degree": "0.9"], ["trait": "wit", "degree": "0.2"],
            ],
            "communicationStyle": "technical",
            "audienceAdaptation": [["audience": "newcomers", "guidance": "explain each term"]],
            "languagePatterns": ["in short"],
        ],
        "contextAwareness": ["situationalAdaptation": true, "culturalSensitivity": false],
    ])

    static let persona = JSONValue.members([
        "assembly": [
            "persona": ["identity": "You are Ada.", "style": "Plain words.", "goals": ["be right"]]
        ]
    ])

    @Test func `a specialization is written line by line`() {
        #expect(
            Guidance.text(of: Self.specialization, type: .specialization) == """
                Field: code review.
                Approaches: read the tests first; one remark a line.
                Tools:
                - grep: finds words (grep WORD FILE)
                - run_tests
                Procedure review:
                1. read
                2. remark
                """)
    }

    @Test func `a way of speaking is written line by line`() {
        #expect(
            Guidance.text(of: Self.communication, type: .communication) == """
                Style: technical.
                Traits, 0 to 1: patience 0.9, wit 0.2.
                For newcomers: explain each term
                Turns of phrase:
                - in short
                Mind the situation.
                """)
    }

    @Test func `a persona is written line by line`() {
        #expect(
            Guidance.text(of: Self.persona, type: .assembly)
                == "You are Ada.\nPlain words.\nGoals:\n- be right")
    }

    @Test func `other types and empty sections say nothing`() {
        #expect(Guidance.text(of: Self.specialization, type: .lora).isEmpty)
        #expect(Guidance.text(of: JSONObject(), type: .specialization).isEmpty)
        #expect(Guidance.text(of: JSONObject(), type: .communication).isEmpty)
        #expect(Guidance.joined(["a", "", "b"]) == "a\n\nb")
        #expect(Guidance.joined([""]).isEmpty)
    }

    @Test func `tools are described as functions and nothing more`() {
        let tools = Guidance.tools(of: Self.specialization)
        #expect(tools.count == 2)
        #expect(tools[0]["function"]?["name"] == "grep")
        #expect(tools[0]["function"]?["parameters"]?["type"] == "object")
        #expect(tools[1]["function"]?["parameters"]?["properties"]?["name"]?["type"] == "string")
        #expect(tools[1]["type"] == "function")
    }
}
