import Genome
import Host
import Testing
import Wire

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

    @Test func `is written beside what a crash left, and for whom it was before`() throws {
        let path = try laboratory.write("next.json", "before")
        try File(path, .read).setMode(0o600)
        // The half-written file of a process that ended.
        let left = try laboratory.write("next.json.new", "half")
        var answer = JSONObject()
        answer["documents"] = ["one"]
        try OrganizationFile.replace(path, answer)
        #expect(try OrganizationFile.documents(path) == ["one"])
        #expect(try File.facts(of: path).mode & 0o777 == 0o600)
        #expect(try File(left, .read).readAll(limit: 99) == Array("half".utf8))
        let names = try Directory.list(laboratory.path).map(\.name)
        #expect(names.filter { $0.hasPrefix("next.json") }.count == 2)
    }

    @Test func `says for whom, of whom and how long a document speaks`() {
        let expires = Int64(Clock.wallMilliseconds() / 1_000) + 3 * 86_400 + 60
        let membership = OrganizationFile.lines([
            "kind": "membership", "complete": false, "needs": [],
            "document": [
                "organization": "orgkey", "member": "memberkey", "label": "bench",
                "rights": ["read"], "expires": .integer(expires),
            ],
        ])
        #expect(membership.contains("  in the name of orgkey"))
        #expect(membership.contains("  called bench"))
        #expect(membership.contains { $0.contains("\(expires)") && $0.contains("3 d from now") })
        let list = OrganizationFile.lines([
            "kind": "revocations", "complete": true, "needs": [],
            "document": [
                "organization": "orgkey", "version": 2, "keys": ["gone"],
                "memberships": ["abc123"], "expires": 1,
            ],
        ])
        #expect(list.contains("  gone") && list.contains("  membership abc123"))
        #expect(list.contains { $0.contains("which is over") })
        let root = OrganizationFile.lines([
            "kind": "root", "complete": true, "needs": [],
            "document": [
                "organization": "orgkey", "name": "northlab", "version": 1,
                "expires": .integer(expires),
            ],
        ])
        #expect(root.contains("  in the name of orgkey"))
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
