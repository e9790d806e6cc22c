import Genome
import Testing
import Wire

@testable import Node

@Suite("What is said of an organisation") struct OrgCommandTests {
    @Test func `only who has a membership is told to be a member`() {
        var answer = JSONObject()
        answer["name"] = "northlab"
        answer["member"] = .null
        let before = OrgCommand.lines(answer, "join").joined(separator: "\n")
        #expect(before.contains("no member yet") && !before.contains("a member now"))
        answer["member"] = .string(SigningKey.random().publicKey.base32)
        let after = OrgCommand.lines(answer, "join").joined(separator: "\n")
        #expect(after.contains("You are a member now.") && !after.contains("no member yet"))
    }
}
