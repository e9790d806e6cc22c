import Genome
import Testing
import Wire

@Suite("How terms pass on")
struct LicencePropagationTests {
    /// A base with a licence, and a layer made from it.
    private func onBase(
        _ base: String, _ declared: String, name: String = "child"
    ) throws -> LicenceRefusal? {
        var tree = FamilyTree()
        try tree.add(1, "B", base)
        return try tree.check(declared, [.base(1)], name: name).refusal
    }

    /// The kinds of conflict that scanners of model hubs count most.
    @Test func `Apache-2_0 on Llama 3 is refused and told what to do`() throws {
        let refusal = try #require(
            try onBase("LicenseRef-Llama-3", "Apache-2.0", name: "Llama-3-x"))
        #expect(refusal.rule == .weakerTerms)
        #expect(
            refusal.description
                == "noTrainOtherModels via base B: a layer under Apache-2.0 would leave that out")
        #expect(refusal.remedy == "declare --licence 'LicenseRef-Llama-3'")
        #expect(try onBase("LicenseRef-Llama-3", "LicenseRef-Llama-3", name: "Llama-3-x") == nil)
        #expect(
            try onBase("LicenseRef-Llama-3", "Apache-2.0 AND LicenseRef-Llama-3", name: "Llama-3-x")
                == nil)
    }

    @Test func `Apache-2_0 on data for non-commercial use is refused with the whole path`() throws {
        var tree = FamilyTree()
        try tree.add(1, "B", "Apache-2.0")
        try tree.add(2, "D", "CC-BY-NC-4.0")
        try tree.add(3, "P", "Apache-2.0", [.base(1), .data(2)])
        let answer = try tree.check("Apache-2.0", [.base(1), .parent(3)])
        let refusal = try #require(answer.refusal)
        #expect(refusal.origin == "nonCommercial via parent P via dataset D")
        #expect(refusal.remedy == "declare --licence 'CC-BY-NC-4.0'")
        #expect(answer.effective.allSatisfy { $0.bits.contains(.nonCommercial) })
        #expect(try tree.check("CC-BY-NC-4.0", [.base(1), .parent(3)]).refusal == nil)
    }

    @Test func `MIT on OpenRAIL is refused`() throws {
        let refusal = try #require(try onBase("LicenseRef-OpenRAIL", "MIT"))
        #expect(refusal.origin == "useRestrictions (OpenRAIL attachment A) via base B")
        #expect(try onBase("LicenseRef-OpenRAIL", "LicenseRef-OpenRAIL") == nil)
        #expect(try onBase("LicenseRef-OpenRAIL", "MIT AND LicenseRef-OpenRAIL") == nil)
    }

    @Test(
        "names begin as the base's licence asks",
        arguments: [
            ("LicenseRef-Llama-3", "poems", false), ("LicenseRef-Llama-3", "llama-3-poems", true),
            ("LicenseRef-Llama-3", "Llama_3-poems", true),
            ("LicenseRef-Llama-3", "llama-poems", false),
            ("LicenseRef-Llama-3.1", "llama-poems", true),
            ("LicenseRef-Llama-3.1", "Alpaca", false),
            ("LicenseRef-Llama-2", "poems", true), ("LicenseRef-Gemma", "poems", true),
        ])
    func prefixes(_ licence: String, _ name: String, _ isAllowed: Bool) throws {
        let refusal = try onBase(licence, licence, name: name)
        #expect((refusal == nil) == isAllowed)
        if !isAllowed { #expect(refusal?.rule == .namePrefix) }
    }

    @Test func `two families of share-alike cannot be merged`() throws {
        var tree = FamilyTree()
        try tree.add(1, "P", "CC-BY-SA-3.0")
        try tree.add(2, "Q", "GPL-3.0-only")
        try tree.add(3, "R", "CC-BY-SA-4.0")
        let links = [LicenceLink.parent(1), .parent(2)]
        for licence in ["CC-BY-SA-3.0", "GPL-3.0-only", "CC-BY-SA-3.0 AND GPL-3.0-only", "MIT"] {
            let refusal = try #require(try tree.check(licence, links).refusal)
            #expect(refusal.rule == .shareAlikeFamilies)
            #expect(refusal.path == ["parent Q"])
            #expect(refusal.reason.contains("CC-BY-SA-3.0 of parent P"))
        }
        // BY-SA 4.0 may become GPL-3.0, and 3.0 may become 4.0.
        #expect(try tree.check("GPL-3.0-only", [.parent(2), .parent(3)]).refusal == nil)
        #expect(try tree.check("CC-BY-SA-4.0", [.parent(1), .parent(3)]).refusal == nil)
        #expect(
            try tree.check("CC-BY-SA-3.0", [.parent(1), .parent(3)]).refusal?.rule == .shareAlike)
    }

    @Test(
        "share-alike passes on, and listed upgrades are open",
        arguments: [
            ("GPL-2.0-or-later", "GPL-3.0-only", true), ("GPL-2.0-only", "GPL-3.0-only", false),
            ("LGPL-2.1-only", "GPL-2.0-only", true), ("GPL-3.0-only", "AGPL-3.0-only", true),
            ("AGPL-3.0-only", "GPL-3.0-only", false), ("MPL-2.0", "GPL-2.0-only", true),
            ("MPL-2.0", "MIT", false), ("EUPL-1.2", "LGPL-2.1-only", true),
            ("GPL-3.0-only", "GPL-3.0-only AND MIT", true), ("GPL-3.0-only", "MIT", false),
            ("GPL-2.0+", "GPL-2.0-only", true), ("MPL-1.1+", "MPL-2.0", true),
            ("CC-BY-SA-4.0", "CC-BY-NC-SA-4.0", false), ("MIT", "GPL-3.0-only", true),
            ("Apache-2.0", "GPL-2.0-only", false), ("Apache-2.0", "GPL-3.0-only", true),
            ("CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", true), ("Apache-2.0", "CC-BY-SA-3.0", true),
            ("CC-BY-NC-4.0", "GPL-3.0-only AND CC-BY-NC-4.0", false), ("MIT", "CC0-1.0", true),
            ("Apache-2.0", "GPL-2.0-only WITH Linux-syscall-note", false),
            ("GPL-2.0-only WITH Linux-syscall-note", "GPL-2.0-only", true),
        ])
    func shareAlike(_ base: String, _ declared: String, _ isAllowed: Bool) throws {
        #expect((try onBase(base, declared) == nil) == isAllowed)
    }

    @Test(
        "a choice of the parent's is open to the child, a choice of the child's must hold always",
        arguments: [
            ("MIT OR GPL-3.0-only", "MIT", true), ("MIT OR GPL-3.0-only", "GPL-3.0-only", true),
            ("MIT OR GPL-3.0-only", "MIT OR GPL-3.0-only", true),
            ("CC-BY-NC-4.0", "CC-BY-NC-4.0 OR MIT", false),
            ("CC-BY-NC-4.0 OR LicenseRef-Our-Own", "MIT", false),
            ("CC-BY-NC-4.0 OR LicenseRef-Our-Own", "CC-BY-NC-4.0", true),
            ("CC-BY-ND-4.0 OR CC-BY-SA-4.0", "CC-BY-SA-4.0", true),
            ("CC-BY-ND-4.0 OR CC-BY-SA-4.0", "MIT", false),
            ("LicenseRef-Llama-3 OR CC-BY-NC-4.0", "MIT", false),
        ])
    func choices(_ base: String, _ declared: String, _ isAllowed: Bool) throws {
        #expect((try onBase(base, declared) == nil) == isAllowed)
    }

    @Test(
        "some terms keep every child on this node",
        arguments: [
            ("CC-BY-ND-4.0", LicenceRule.noDerivatives), ("LicenseRef-Our-Own", .unknownTerms),
            ("Unlisted-1.0", .unknownTerms), ("MIT WITH AdditionRef-Extra", .unknownTerms),
        ])
    func onlyPrivate(_ licence: String, _ rule: LicenceRule) throws {
        var tree = FamilyTree()
        try tree.add(1, "P", licence)
        for visibility in [Visibility.public, .organization, .whitelist] {
            let answer = try tree.check(licence, [.parent(1)], visibility: visibility)
            #expect(answer.refusal?.rule == rule)
        }
        #expect(try tree.check(nil, [.parent(1)], visibility: .private).refusal == nil)
        #expect(try tree.check(licence, [.parent(1)], visibility: .private).refusal == nil)
    }

    @Test func `a mapping opens what was unknown`() throws {
        let mapping = try LicenceMapping.make(
            steward: Fixtures.publisher.publicKey, sequence: 1, issued: 1,
            licences: [("LicenseRef-Our-Own", LicenceTerms(bits: [.researchOnly]), nil, "")])
        var tree = FamilyTree()
        try tree.add(1, "P", "LicenseRef-Our-Own")
        let book = LicenceBook(mappings: [mapping])
        #expect(
            try tree.check("LicenseRef-Our-Own", [.parent(1)], book: book).refusal == nil)
        #expect(
            try tree.check("MIT", [.parent(1)], book: book).refusal?.subject == "researchOnly")
    }

    @Test func `visibility is no wider than the narrowest parent's`() throws {
        var tree = FamilyTree()
        try tree.add(1, "P", "MIT", widest: .organization)
        try tree.add(2, "Q", "MIT", widest: .whitelist, [.parent(1)])
        let refusal = try tree.check("MIT", [.parent(1), .parent(2)]).refusal
        #expect(refusal?.rule == .visibility)
        #expect(refusal?.path == ["parent Q"])
        #expect(refusal?.remedy == "narrow it to whitelist")
        #expect(try tree.check("MIT", [.parent(2)], visibility: .whitelist).refusal == nil)
    }

    @Test func `data counts as its policy says`() throws {
        var tree = FamilyTree()
        try tree.add(1, "D", "CC-BY-NC-4.0")
        #expect(try tree.check("MIT", [.data(1)]).refusal?.rule == .weakerTerms)
        let warned = try tree.check("MIT", [.data(1)], data: .warn)
        #expect(warned.refusal == nil)
        #expect(warned.warnings.map(\.origin) == ["nonCommercial via dataset D"])
        let off = try tree.check("MIT", [.data(1)], data: .off)
        #expect(off.refusal == nil && off.warnings.isEmpty)
        // What is a parent too counts as one.
        let both = try tree.check("MIT", [.data(1), .parent(1)], data: .off)
        #expect(both.refusal?.origin == "nonCommercial via parent D")
    }

    @Test func `answers of Llama 2 may improve only its family`() throws {
        var tree = FamilyTree()
        try tree.add(1, "Mistral", "Apache-2.0")
        try tree.add(2, "answers", "LicenseRef-Llama-2")
        try tree.add(3, "Llama", "LicenseRef-Llama-2")
        let foreign = try tree.check("LicenseRef-Llama-2", [.base(1), .data(2)]).refusal
        #expect(foreign?.rule == .otherModels)
        #expect(foreign?.path == ["dataset answers"])
        #expect(try tree.check("LicenseRef-Llama-2", [.base(3), .data(2)]).refusal == nil)
    }

    @Test func `what is not known here is no error`() throws {
        let answer = try FamilyTree().check("MIT", [.base(9)])
        #expect(answer.refusal == nil)
        #expect(answer.unverified.count == 1)
        #expect(answer.unverified[0].hasPrefix("base 0909"))
    }

    @Test func `a layer that leaves the node states its terms`() throws {
        var tree = FamilyTree()
        try tree.add(1, "P", "MIT")
        #expect(try tree.check(nil, [.parent(1)]).refusal?.rule == .unstated)
        #expect(try tree.check(nil, [.parent(1)], visibility: .private).refusal == nil)
    }

    @Test func `private children may not state what is untrue`() throws {
        var tree = FamilyTree()
        try tree.add(1, "P", "CC-BY-NC-4.0")
        let refusal = try tree.check("MIT", [.parent(1)], visibility: .private).refusal
        #expect(refusal?.rule == .weakerTerms)
    }

    @Test func `another parent only ever adds`() throws {
        var draw = LicenceDraw(seed: 5)
        for _ in 0..<600 {
            let sources = (0..<4).map { number in
                LicenceLink(
                    draw.one(of: LicenceRole.allCases),
                    .stated(
                        LicenceSource(label: "s\(number)", stated: .expression(draw.expression()))))
            }
            let child = { (count: Int) in
                LicenceChild(
                    name: "llama-3", declared: nil, visibility: .private,
                    links: Array(sources.prefix(count)))
            }
            let propagation = LicencePropagation { _ in nil }
            var before = propagation.check(child(0)).effective
            for count in 1...4 {
                let after = propagation.check(child(count)).effective
                for terms in after {
                    #expect(before.contains { terms.isAtLeastAsStrict(as: $0) })
                }
                before = after
            }
            // The same parent twice asks nothing new.
            let twice = LicenceChild(
                name: "llama-3", declared: nil, visibility: .private, links: sources + sources)
            #expect(Set(propagation.check(twice).effective) == Set(before))
        }
    }

    @Test func `a refused layer stays refused with another parent`() throws {
        var draw = LicenceDraw(seed: 6)
        var refused = 0
        let propagation = LicencePropagation { _ in nil }
        for _ in 0..<600 {
            let links = (0..<3).map { number in
                LicenceLink(
                    .parent,
                    .stated(
                        LicenceSource(label: "s\(number)", stated: .expression(draw.expression()))))
            }
            let declared = draw.expression()
            func check(_ count: Int) -> LicenceRefusal? {
                propagation.check(
                    LicenceChild(
                        name: "llama-3", declared: declared, visibility: .public,
                        links: Array(links.prefix(count)))
                ).refusal
            }
            guard check(2) != nil else { continue }
            refused += 1
            #expect(check(3) != nil)
        }
        #expect(refused > 300)
    }

    @Test func `a remedy that names a licence is allowed`() throws {
        var draw = LicenceDraw(seed: 7)
        var tried = 0
        let propagation = LicencePropagation { _ in nil }
        for _ in 0..<600 {
            let links = (0..<2).map { number in
                LicenceLink(
                    .parent,
                    .stated(
                        LicenceSource(label: "s\(number)", stated: .expression(draw.expression()))))
            }
            var child = LicenceChild(
                name: "llama-3", declared: draw.expression(), visibility: .public, links: links)
            guard let remedy = propagation.check(child).refusal?.remedy,
                remedy.hasPrefix("declare --licence '")
            else { continue }
            tried += 1
            child.declared = try LicenceExpression(
                parsing: String(remedy.dropFirst(19).dropLast()))
            #expect(propagation.check(child).refusal == nil)
        }
        #expect(tried > 50)
    }

    @Test(arguments: [
        ("C-UDA-1.0", true), ("CDLA-Sharing-1.0", true), ("ODbL-1.0", true),
        ("CC-BY-SA-4.0", false), ("CC-BY-NC-4.0", false),
        ("ODbL-1.0 AND CC-BY-NC-4.0", false), ("CDLA-Sharing-1.0 OR CC-BY-NC-4.0", true),
    ])
    func `data whose licence leaves results free bind what holds them, not what learned from them`(
        _ licence: String, _ isFree: Bool
    ) throws {
        var tree = FamilyTree()
        try tree.add(1, "D", licence)
        // A data set that was made from the first.
        try tree.add(2, "E", licence, [.parent(1)])
        for link in [LicenceLink.data(1), .data(2)] {
            #expect(try tree.check("MIT", [link]).refusal != nil)
            let trained = try tree.check("MIT", [link], isTrained: true)
            #expect((trained.refusal == nil) == isFree, "\(licence)")
        }
        #expect(try tree.check("MIT", [.parent(1)], isTrained: true).refusal != nil)
    }

    @Test func `who learned from an open database still names it`() throws {
        var tree = FamilyTree()
        try tree.add(1, "D", "ODbL-1.0")
        let answer = try tree.check("CC0-1.0", [.data(1)], isTrained: true)
        #expect(answer.refusal == nil)
        #expect(answer.effective.map(\.bits) == [[.attribution]])
        // A memory holds the data: what is made from it is made from them.
        try tree.add(2, "M", nil, [.data(1)])
        #expect(try tree.check("MIT", [.parent(2)], isTrained: true).refusal != nil)
    }
}
