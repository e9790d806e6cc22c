import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct OwnerPolicyTests {
    private func hindrance(_ rules: [OwnerPolicy.Rule], _ action: Action = .fetch) -> String? {
        OwnerPolicy(rules).hindrance(action, Ground.layer(.organization))
    }

    @Test func `forbids by publisher, organisation, type or licence, and says which`() {
        let (publisher, organization) = (Ground.publisher, Ground.organization)
        let subjects: [(OwnerPolicy.Subject, String)] = [
            (.publisher(publisher), "publisher \(publisher.fingerprint)"),
            (.organization(organization), "organisation \(organization.fingerprint)"),
            (.type("lora"), "type lora"), (.licence("Apache-2.0"), "licence Apache-2.0"),
            (.any, "all layers"),
        ]
        for (subject, words) in subjects {
            #expect(hindrance([.init(subject, allows: false)]) == words)
            #expect(hindrance([.init(subject, [.run], allows: false)]) == nil)
        }
        let others: [OwnerPolicy.Subject] = [
            .publisher(organization), .organization(publisher), .type("memory"),
            .licence("Apache"),
        ]
        for subject in others { #expect(hindrance([.init(subject, allows: false)]) == nil) }
    }

    @Test
    func `sealed copies need a rule that says so, and the first about their publisher decides`() {
        let key = Ground.publisher
        typealias Rule = OwnerPolicy.Rule
        let mirror = Rule(.publisher(key), [.mirror], allows: true)
        let cases: [([Rule], Bool)] = [
            ([], false), ([mirror], true), ([Rule(.any, [.mirror, .fetch], allows: true)], true),
            // Allowing everything is not meant for what nobody can look at; forbidding it is.
            ([Rule(.publisher(key), allows: true)], false),
            ([Rule(.publisher(key), allows: true), mirror], true),
            ([Rule(.any, allows: false), mirror], false),
            ([mirror, Rule(.any, allows: false)], true),
            ([Rule(.publisher(key), [.mirror], allows: false), mirror], false),
            ([Rule(.publisher(Ground.key), [.mirror], allows: true)], false),
            ([Rule(.type("lora"), [.mirror], allows: true)], false),
            ([Rule(.any, [.fetch], allows: false), mirror], true),
        ]
        for (rules, isAllowed) in cases {
            #expect(OwnerPolicy(rules).allowsHolding(for: key) == isAllowed, "\(rules)")
        }
    }

    @Test func `lets the first rule that matches decide, and allows without one`() {
        let all = OwnerPolicy.Rule(.any, allows: false)
        let lora = OwnerPolicy.Rule(.type("lora"), allows: true)
        #expect(hindrance([]) == nil)
        #expect(hindrance([lora, all]) == nil)
        #expect(hindrance([all, lora]) == "all layers")
    }

    @Test func `holds a bounded number of rules`() {
        let many = [OwnerPolicy.Rule](
            repeating: .init(.type("memory"), allows: false), count: OwnerPolicy.rulesMax)
        #expect(OwnerPolicy(many + [.init(.any, allows: false)]).rules.count == many.count)
    }

    @Test func `layers that no trusted key attested are told from those that are`() {
        var layer = Ground.layer()
        let policy = OwnerPolicy([.init(.unverified("replayed"), [.run], allows: false)])
        #expect(policy.hindrance(.run, layer)?.contains("replayed") == true)
        #expect(policy.hindrance(.fetch, layer) == nil)
        layer.verdicts = ["replayed"]
        #expect(policy.hindrance(.run, layer) == nil)
    }

    @Test func `rules come back from their words, and others are refused`() throws {
        let key = Ground.publisher
        let rules: [OwnerPolicy.Rule] = [
            .init(.any, allows: false), .init(.publisher(key), [.run, .train], allows: true),
            .init(.organization(key), [.fetch], allows: true), .init(.type("lora"), allows: true),
            .init(.licence("Apache-2.0"), [.mirror], allows: false),
            .init(.unverified("safe"), [.run], allows: false),
        ]
        let policy = OwnerPolicy(rules)
        #expect(OwnerPolicy(json: policy.json) == policy)
        for text in [
            "", "all", "publisher:", "publisher:abc", "type:odd", "licence:MIT AND X11",
            "licence:!", "unverified:", "any:x", "unverified:a\u{1b}b",
        ] {
            #expect(OwnerPolicy.Subject(text) == nil, "\(text)")
        }
        // A rule that is passed over could be the one that forbids.
        #expect(OwnerPolicy(json: [["allows": true, "subject": "odd", "actions": []]]) == nil)
        #expect(OwnerPolicy(json: [["allows": true, "subject": "any", "actions": ["fly"]]]) == nil)
        #expect(OwnerPolicy(json: "none") == nil)
    }
}
