import Foundation
import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct PermissionRequestTests {
    // MARK: The table

    private static let terms: [String: [LicenceTerms]] = [
        "open": [.none],
        "accept": [LicenceTerms(bits: [.needsAcceptance, .licenceCopy])],
        "noncommercial": [LicenceTerms(bits: [.nonCommercial, .attribution])],
        "unknown": [.unknown],
    ]

    private static func caller(_ who: String) -> Caller {
        Caller(
            key: who == "publisher" ? Ground.publisher : Ground.key,
            places: who == "member"
                ? [
                    .init(
                        organization: Ground.organization, rights: Set(MembershipRight.allCases))
                ]
                : [],
            purpose: Purpose(isCommercial: true))
    }

    private static func layer(
        _ visibility: String, _ terms: String, for who: String
    ) throws -> LayerPolicy {
        var layer = Ground.layer(
            try #require(Visibility(rawValue: visibility)), terms: try #require(Self.terms[terms]))
        switch who {
        case "named":
            layer.grants = [Grant(grantee: Ground.key, commands: Set(Grant.Command.allCases))]
        case "grantee": layer.grants = [Grant(grantee: Ground.key, commands: [.read])]
        case "accepted": layer.acceptances = [Ground.key]
        default: break
        }
        return layer
    }

    @Test func `answers every cell of the table as the specification does`() throws {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors/permission.txt")
        var (block, actions, cells) = (["", ""], [Action](), 0)
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
            var words = line.split(separator: " ").map(String.init)
            if words.first == "#" {
                block = [words[1].replacing(",", with: ""), words[2]]
                actions = []
            } else if actions.isEmpty {
                actions = words.compactMap { Action(rawValue: $0) }
                #expect(actions == Action.allCases)
            } else {
                let who = words.removeFirst()
                let layer = try Self.layer(block[0], block[1], for: who)
                for (action, answer) in zip(actions, words) {
                    let rule = Ground.rule(action, layer, by: Self.caller(who))
                    #expect(
                        (rule?.rawValue ?? "allow") == answer, "\(block) \(who) \(action)")
                    cells += 1
                }
            }
        }
        #expect(cells == 864)
    }

    // MARK: Who may know

    @Test func `a private layer stays with its publisher, whatever was granted`() {
        var layer = Ground.layer(.private)
        layer.grants = [Grant(grantee: Ground.key, commands: Set(Grant.Command.allCases))]
        layer.organization = Ground.organization
        let caller = Caller(
            key: Ground.key,
            places: [.init(organization: Ground.organization, rights: [.read, .mirror, .publish])])
        for action in Action.allCases {
            #expect(Ground.rule(action, layer, by: caller) == .hidden)
        }
    }

    @Test func `whoever may not know gets the answer for no layer, for every reason`() {
        var layer = Ground.layer(.whitelist, terms: [.unknown])
        layer.withdrawal = "mistake"
        layer.needsNewerNode = true
        for action in Action.allCases {
            #expect(Ground.rule(action, layer) == .hidden)
        }
    }

    @Test func `a machine speaks for the person that delegated to it`() {
        let layer = Ground.granted(Grant(grantee: Ground.person, commands: [.read, .run]))
        let machine = Caller(key: Ground.key, asksFor: [Ground.person])
        #expect(Ground.rule(.fetch, layer) == .hidden)
        #expect(Ground.rule(.fetch, layer, by: machine) == nil)
        #expect(Ground.rule(.train, layer, by: machine) == .notGranted)
        // To ask for somebody is not to publish for them.
        var own = layer
        own.publisher = Ground.person
        #expect(Ground.rule(.publish, own, by: machine) == .notPublisher)
        let desk = Caller(key: Ground.key, publishesFor: [Ground.person])
        #expect(Ground.rule(.publish, own, by: desk) == nil)
    }

    @Test func `a grant counts until it ends or is taken back`() {
        let until = Ground.granted(
            Grant(grantee: Ground.key, commands: [.read], expires: Ground.now + 10))
        #expect(Ground.rule(.fetch, until, now: Ground.now + 9) == nil)
        #expect(Ground.rule(.fetch, until, now: Ground.now + 10) == .hidden)
        let revoked = Ground.granted(
            Grant(grantee: Ground.key, commands: [.read], isRevoked: true))
        #expect(Ground.rule(.see, revoked) == .hidden)
    }

    @Test func `members mirror and publish only with that right`() {
        let layer = Ground.layer(.organization)
        func member(_ rights: Set<MembershipRight>, key: NodeKey = Ground.key) -> Caller {
            Caller(
                key: key, places: [.init(organization: Ground.organization, rights: rights)])
        }
        #expect(Ground.rule(.serve, layer, by: member([.read])) == nil)
        #expect(Ground.rule(.mirror, layer, by: member([.read])) == .notMember)
        #expect(Ground.rule(.mirror, layer, by: member([.read, .mirror])) == nil)
        #expect(Ground.rule(.fetch, layer, by: member([.publish])) == .hidden)
        let author = member([.read, .publish], key: Ground.publisher)
        #expect(Ground.rule(.publish, layer, by: author) == nil)
        let elsewhere = Caller(
            key: Ground.key, places: [.init(organization: Ground.person, rights: [.read])])
        #expect(Ground.rule(.see, layer, by: elsewhere) == .hidden)
    }

    // MARK: How it travels

    @Test func `what was taken back does not travel, and is used where it lies`() {
        var layer = Ground.layer()
        layer.withdrawal = "the data were wrong"
        for action in [Action.fetch, .serve, .mirror, .announce] {
            #expect(Ground.rule(action, layer) == .withdrawn)
        }
        #expect(
            Ground.rule(.publish, layer, by: Caller(key: Ground.publisher)) == .withdrawn)
        for action in [Action.see, .run, .train, .derive] {
            #expect(Ground.rule(action, layer) == nil)
        }
    }

    @Test func `only its publisher serves what is not peer to peer`() {
        let layer = Ground.layer(
            distribution: Distribution(
                isGloballyAvailable: true, scope: .global, isPeerToPeer: false))
        for action in [Action.serve, .announce, .mirror] {
            #expect(Ground.rule(action, layer) == .notPeerToPeer)
        }
        #expect(Ground.rule(.serve, layer, isPublisher: true) == nil)
        #expect(Ground.rule(.fetch, layer) == nil)
    }

    @Test func `a node that does not seed serves only what it published`() {
        #expect(Ground.rule(.serve, Ground.layer(), isSeeding: false) == .notSeeding)
        #expect(Ground.rule(.announce, Ground.layer(), isSeeding: false) == .notSeeding)
        #expect(Ground.rule(.serve, Ground.layer(), isPublisher: true, isSeeding: false) == nil)
        #expect(Ground.rule(.mirror, Ground.layer(), isSeeding: false) == nil)
    }

    @Test func `only layers of global scope are announced, but all public ones are served`() {
        for distribution in [
            Distribution(isGloballyAvailable: true, scope: .local, isPeerToPeer: true),
            Distribution(isGloballyAvailable: false, scope: .global, isPeerToPeer: true),
        ] {
            let layer = Ground.layer(distribution: distribution)
            #expect(Ground.rule(.announce, layer, isPublisher: true) == .scope)
            #expect(Ground.rule(.serve, layer, isPublisher: true) == nil)
        }
    }

    // MARK: What it is used for

    @Test func `purposes that terms forbid are refused where they are said`() {
        func rule(_ bit: LicenceBit, _ purpose: Purpose) -> Refusal.Rule? {
            Ground.rule(
                .run, Ground.layer(terms: [LicenceTerms(bits: [bit])]),
                by: Caller(key: Ground.key, purpose: purpose))
        }
        #expect(rule(.nonCommercial, Purpose(isCommercial: true)) == .nonCommercial)
        #expect(rule(.nonCommercial, Purpose(isCommercial: false)) == nil)
        #expect(rule(.nonCommercial, Purpose()) == nil)
        #expect(rule(.researchOnly, Purpose(isResearch: false)) == .researchOnly)
        #expect(rule(.researchOnly, Purpose(isResearch: true)) == nil)
    }

    @Test func `one way to satisfy a choice of terms is enough`() {
        let strict = LicenceTerms(bits: [.nonCommercial])
        let commercial = Caller(key: Ground.key, purpose: Purpose(isCommercial: true))
        #expect(
            Ground.rule(.run, Ground.layer(terms: [strict, .none]), by: commercial) == nil)
        #expect(
            Ground.rule(.run, Ground.layer(terms: [strict, .unknown]), by: commercial) == nil)
        #expect(
            Ground.rule(.run, Ground.layer(terms: [strict, strict]), by: commercial)
                == .nonCommercial)
        // Terms of which nothing is known are no terms that ask nothing.
        #expect(Ground.rule(.serve, Ground.layer(terms: [])) == .unknownTerms)
    }

    @Test func `terms that forbid passing on leave the publisher as the only source`() {
        let layer = Ground.layer(terms: [LicenceTerms(bits: [.noRedistribute])])
        #expect(Ground.rule(.serve, layer) == .noRedistribute)
        #expect(Ground.rule(.mirror, layer) == .noRedistribute)
        #expect(Ground.rule(.mirror, layer, isPublisher: true) == .noRedistribute)
        #expect(Ground.rule(.serve, layer, isPublisher: true) == nil)
        #expect(Ground.rule(.fetch, layer) == nil)
    }

    @Test func `an acceptance of the person counts for all her machines`() {
        var layer = Ground.layer(terms: [LicenceTerms(bits: [.needsAcceptance])])
        layer.acceptances = [Ground.person]
        #expect(Ground.rule(.fetch, layer) == .notAccepted)
        #expect(
            Ground.rule(.fetch, layer, by: Caller(key: Ground.key, asksFor: [Ground.person]))
                == nil)
        #expect(Ground.rule(.see, layer) == nil)
    }

    @Test func `fields of use that layer or grant exclude are refused`() {
        var layer = Ground.layer()
        layer.restrictedDomains = ["clinical"]
        let clinic = Caller(key: Ground.key, purpose: Purpose(domains: ["clinical", "plants"]))
        #expect(Ground.rule(.run, layer, by: clinic) == .restrictedDomain)
        #expect(Ground.rule(.run, layer) == nil)
        #expect(Ground.rule(.see, layer, by: clinic) == nil)
        let narrow = Grant(
            grantee: Ground.key, commands: [.read, .run], excludedDomains: ["plants"])
        #expect(Ground.rule(.run, Ground.granted(narrow), by: clinic) == .excludedDomain)
        let wide = Grant(grantee: Ground.key, commands: [.read, .run])
        #expect(Ground.rule(.run, Ground.granted(narrow, wide), by: clinic) == nil)
    }

    @Test func `terms that what it is made from contradicts stop it from travelling`() {
        var layer = Ground.layer()
        layer.contradiction = LicenceRefusal(
            rule: .weakerTerms, subject: "researchOnly", path: ["parent P"],
            reason: "its own terms leave it out", remedy: "state it")
        for action in [Action.fetch, .serve, .mirror, .announce] {
            #expect(Ground.rule(action, layer, isPublisher: true) == .contradiction)
        }
        #expect(
            Ground.rule(.publish, layer, by: Caller(key: Ground.publisher)) == .contradiction)
        for action in [Action.see, .run, .train, .derive] {
            #expect(Ground.rule(action, layer) == nil)
        }
    }

    @Test func `a manifest of a newer program is stored and shown, never used`() {
        var layer = Ground.layer()
        layer.needsNewerNode = true
        for action in Action.allCases {
            let isRefused = action.isUse || action == .publish
            let caller = Caller(key: Ground.publisher)
            #expect(
                Ground.rule(action, layer, by: caller) == (isRefused ? .needsNewerNode : nil))
        }
    }

    @Test func `the owner's rules come on top, and nothing else gives way to them`() {
        let rules = OwnerPolicy([
            .init(.publisher(Ground.publisher), [.run], allows: true),
            .init(.type("lora"), allows: false),
        ])
        #expect(Ground.rule(.run, Ground.layer(), owner: rules) == nil)
        #expect(Ground.rule(.fetch, Ground.layer(), owner: rules) == .ownerPolicy)
        #expect(Ground.rule(.see, Ground.layer(), owner: rules) == nil)
        let open = OwnerPolicy([.init(.any, allows: true)])
        #expect(Ground.rule(.fetch, Ground.layer(.private), owner: open) == .hidden)
    }

    // MARK: Properties

    /// A small generator with a seed: the same cases each time.
    private static func cases(_ count: Int, _ body: (inout SeededGenerator) -> Void) {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<count { body(&generator) }
    }

    private static func random(_ generator: inout SeededGenerator) -> PermissionRequest {
        let flip = { (generator: inout SeededGenerator) in generator.next() & 1 == 0 }
        let bits = LicenceBit.allCases.filter { _ in generator.next() % 4 == 0 }
        var layer = Ground.layer(
            Visibility.allCases[Int(generator.next() % 4)],
            terms: [LicenceTerms(bits: Set(bits))],
            distribution: Distribution(
                isGloballyAvailable: flip(&generator), scope: .global,
                isPeerToPeer: flip(&generator)))
        let commands = Grant.Command.allCases.filter { _ in generator.next() & 1 == 0 }
        layer.grants = [Grant(grantee: Ground.key, commands: Set(commands))]
        if flip(&generator) { layer.acceptances = [Ground.key] }
        if generator.next() % 8 == 0 { layer.withdrawal = "mistake" }
        let rights = MembershipRight.allCases.filter { _ in generator.next() & 1 == 0 }
        let caller = Caller(
            key: generator.next() % 5 == 0 ? Ground.publisher : Ground.key,
            places: [.init(organization: Ground.organization, rights: Set(rights))],
            purpose: Purpose(isCommercial: flip(&generator)))
        return PermissionRequest(
            Action.allCases[Int(generator.next() % 9)], by: caller, with: layer,
            holder: Holder(isPublisher: flip(&generator), isSeeding: flip(&generator)),
            now: Ground.now)
    }

    @Test func `stricter terms, fewer grants and a narrower visibility never allow more`() {
        Self.cases(5_000) { generator in
            let request = Self.random(&generator)
            guard request.decide() != .allow else { return }
            var harder = request
            harder.layer.grants = []
            harder.layer.acceptances = []
            harder.layer.terms = harder.layer.terms.map {
                $0.joined(LicenceTerms(bits: [LicenceBit.allCases[Int(generator.next() % 9)]]))
            }
            #expect(harder.decide() != .allow, "\(request)")
            // To its publisher a private layer is as open as any, and to publish it is nothing.
            guard request.caller.key != Ground.publisher else { return }
            var narrower = request
            narrower.layer.visibility = .private
            #expect(narrower.decide() != .allow, "\(request)")
        }
    }

    @Test func `the same question has the same answer, and what is refused names its reason`() {
        Self.cases(2_000) { generator in
            let request = Self.random(&generator)
            let decision = request.decide()
            #expect(request.decide() == decision)
            if let refusal = decision.refusal { #expect(!refusal.reason.isEmpty) }
        }
    }

    @Test func `terms without a right to change forbid to train and derive, not to run`() {
        let layer = Ground.layer(terms: [LicenceTerms(bits: [.noChanges, .noDerivatives])])
        for action in Action.allCases where action != .publish {
            let isChange = action == .train || action == .derive
            #expect(Ground.rule(action, layer) == (isChange ? .noChanges : nil), "\(action)")
            #expect(Ground.rule(action, layer, by: Caller(key: Ground.publisher)) == nil)
        }
        let choice = Ground.layer(terms: [LicenceTerms(bits: [.noChanges]), .none])
        #expect(Ground.rule(.train, choice) == nil)
    }
}
