import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct PermissionReaderTests {
    /// Questions of all kinds, drawn at random.
    private func questions(_ count: Int) -> [PermissionRequest] {
        var generator = SeededGenerator(seed: 42)
        func pick<Value>(_ values: [Value]) -> Value {
            values[Int.random(in: 0..<values.count, using: &generator)]
        }
        func some<Value>(_ values: [Value]) -> Set<Value> {
            Set(values.filter { _ in Bool.random(using: &generator) })
        }
        let keys = [Ground.key, Ground.person, Ground.publisher]
        return (0..<count).map { _ in
            var layer = Ground.layer(
                pick(Visibility.allCases),
                terms: [
                    LicenceTerms(bits: some(LicenceBit.allCases)), .none,
                ].shuffled(using: &generator).dropLast(pick([0, 1])))
            layer.restrictedDomains = some(["clinical", "export"])
            layer.withdrawal = pick([nil, "wrong data"])
            layer.withdrawnFrom = pick([0, Ground.now + 9])
            layer.needsNewerNode = pick([true, false, false])
            layer.acceptances = some(keys)
            layer.verdicts = some(["safe", "replayed"])
            layer.grants = keys.map { key in
                Grant(
                    grantee: key, commands: some(Grant.Command.allCases),
                    excludedDomains: some(["clinical"]), expires: pick([nil, Ground.now + 1, 5]),
                    isRevoked: pick([true, false]))
            }
            layer.contradiction = pick([
                nil, nil,
                LicenceRefusal(
                    rule: .weakerTerms, subject: "nonCommercial", path: ["parent P"],
                    reason: "left out", remedy: "state it"),
            ])
            let caller = Caller(
                key: pick(keys), asksFor: some(keys), publishesFor: some(keys),
                places: [
                    .init(
                        organization: pick([Ground.organization, Ground.person]),
                        rights: some(MembershipRight.allCases))
                ],
                purpose: Purpose(
                    isCommercial: pick([nil, true, false]), isResearch: pick([nil, true, false]),
                    domains: some(["clinical"])))
            let rules: [OwnerPolicy.Rule] = [
                .init(.publisher(pick(keys)), some(Action.allCases), allows: pick([true, false])),
                .init(.unverified("safe"), [.run], allows: false),
                .init(.organization(Ground.organization), [.fetch], allows: false),
            ]
            return PermissionRequest(
                pick(Action.allCases), by: caller, with: layer,
                holder: Holder(
                    isPublisher: pick([true, false]), isSeeding: pick([true, false])),
                owner: OwnerPolicy(some([0, 1, 2]).sorted().map { rules[$0] }), now: Ground.now)
        }
    }

    @Test func `a question read back has the same answer, with all names replaced too`() throws {
        func other(_ key: NodeKey) -> NodeKey {
            NodeKey(bytes: Blake3.hash(key.bytes).bytes) ?? key
        }
        var rules: Set<Refusal.Rule?> = []
        for question in questions(4_000) {
            let answer = question.decide()
            let plain = try #require(PermissionReader.request(question.json()))
            #expect(plain.decide().refusal?.rule == answer.refusal?.rule)
            let hidden = question.json(naming: other)
            let again = try #require(PermissionReader.request(hidden))
            #expect(again.decide().refusal?.rule == answer.refusal?.rule)
            let text = String(decoding: CanonicalJSON.write(hidden), as: UTF8.self)
            for key in [Ground.key, Ground.person, Ground.publisher, Ground.organization] {
                #expect(!text.contains(key.base32))
            }
            rules.insert(answer.refusal?.rule)
        }
        // The questions are of all kinds.
        #expect(rules.count >= 14, "\(rules)")
    }

    @Test func `what is not a question is none`() throws {
        let json = try #require(questions(1).first).json()
        for name in ["action", "caller", "layer", "holder", "owner", "now"] {
            var object = try #require(json.object)
            object[name] = nil
            #expect(PermissionReader.request(.object(object)) == nil)
            object[name] = "odd"
            #expect(PermissionReader.request(.object(object)) == nil)
        }
        #expect(PermissionReader.request([]) == nil)
    }
}
