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
