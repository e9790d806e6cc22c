import Genome
import Testing

@testable import Node

@Suite("A file for several signers") struct OrganizationFileTests {
    private let laboratory: Laboratory

    init() throws { laboratory = try Laboratory() }

    @Test func `takes the place of the one before, and is read back`() throws {
        let path = try laboratory.write("next.json", "no file of documents")
        let error = #expect(throws: Failure.self) { try OrganizationFile.documents(path) }
        #expect(error?.code == .refused)
        var answer = JSONObject()
        answer["documents"] = ["one", "two"]
        try OrganizationFile.replace(path, answer)
        #expect(try OrganizationFile.documents(path) == ["one", "two"])
    }

    @Test func `says what is signed and what is missing`() {
        let lines = OrganizationFile.lines([
            "kind": "root", "complete": false,
            "document": ["version": 2, "name": "northlab", "thresholds": ["root": 2]],
            "needs": [["role": "root", "root": 1, "wanted": 2, "signed": ["k"]]],
        ])
        #expect(lines.first == "root 2 of northlab")
        #expect(lines.contains("  root: 2 must sign"))
        #expect(lines.contains("  signed by 1 of the 2 root keys that root 1 asks for"))
        #expect(lines.last == "  not complete yet")
    }
}
