import Genome
import Testing

@Suite("The rules on terms")
struct LicenceCheckTests {
    @Test func `each rule that terms break is told by its name`() throws {
        var tree = FamilyTree()
        try tree.add(1, "GPL2", "GPL-2.0-only")
        try tree.add(2, "Apache", "Apache-2.0")
        let incompatible = try #require(try tree.check("GPL-2.0-only", [.parent(2)]).refusal)
        #expect(incompatible.rule == .incompatible)
        #expect(incompatible.subject == "conditions (Apache-2.0)")
        #expect(incompatible.path == ["parent Apache"])
        let lost = try #require(try tree.check("MIT", [.parent(1)]).refusal)
        #expect(lost.rule == .shareAlike)
        #expect(lost.subject == "shareAlike (GPL-2.0-only)")
        #expect(lost.remedy == "declare --licence 'GPL-2.0-only'")
        let both = try #require(try tree.check("GPL-2.0-only", [.parent(1), .parent(2)]).refusal)
        #expect(both.rule == .incompatible || both.rule == .shareAlikeFamilies)
    }

    @Test func `a bound of users passes on`() throws {
        var tree = FamilyTree()
        try tree.add(1, "Q", "LicenseRef-Qwen")
        let refusal = try #require(try tree.check("Apache-2.0", [.base(1)]).refusal)
        #expect(refusal.subject == "cap (100 million users a month)")
    }

    @Test func `too many choices of many parents are refused, not tried`() throws {
        var tree = FamilyTree()
        var links: [LicenceLink] = []
        let pairs = [
            "LicenseRef-Llama-2 OR LicenseRef-Gemma", "LicenseRef-OpenRAIL OR LicenseRef-Qwen",
            "LicenseRef-DeepSeek OR LicenseRef-Llama-3.1", "CC-BY-NC-4.0 OR LicenseRef-Falcon-LLM",
            "LicenseRef-Llama-4 OR LicenseRef-Llama-3.3",
            "LicenseRef-Jamba-Open-Model OR LicenseRef-Llama-3.2",
            "LicenseRef-BigCode-OpenRAIL-M OR LicenseRef-OpenRAIL-PP",
        ]
        for (index, text) in pairs.enumerated() {
            try tree.add(UInt8(index + 1), "p\(index)", text)
            links.append(.parent(UInt8(index + 1)))
        }
        #expect(try tree.check("MIT", links).refusal?.rule == .tooLarge)
    }
}
