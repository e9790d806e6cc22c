import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct MirrorSettingsTests {
    private let sample = MirrorSample()

    @Test func `settings are read back as they were written`() throws {
        var settings = MirrorSettings()
        settings.rules = [
            .init(.publisher(sample.publisher), copies: 3), .init(.tag("verse"), isAll: true),
        ]
        settings.targets = [Blake3.hash([1]): 5, Blake3.hash([2]): 1]
        settings.taken = [Blake3.hash([3])]
        settings.patience = 90
        #expect(MirrorSettings(json: settings.json) == settings)
        let bytes = CanonicalJSON.write(settings.json)
        let json = try JSONParser.parse(
            bytes, limits: JSONLimits(bytes: 1 << 16, depth: 6, values: 1_000))
        #expect(MirrorSettings(json: json) == settings)
    }

    @Test func `what is not understood makes all of it not understood`() {
        let good = MirrorSettings().json
        #expect(MirrorSettings(json: good) == MirrorSettings())
        let bad: [JSONValue] = [
            ["follows": [], "targets": [:], "taken": []],
            ["follows": [["follow": "moon:full"]], "targets": [:], "taken": [], "patience": 1],
            [
                "follows": [["follow": "tag:a", "copies": "many"]], "targets": [:], "taken": [],
                "patience": 1,
            ],
            ["follows": [], "targets": ["xyz": 1], "taken": [], "patience": 1],
            [
                "follows": .array(
                    .init(repeating: ["follow": "tag:a"], count: MirrorLimits.rulesMax + 1)),
                "targets": [:], "taken": [], "patience": 1,
            ],
        ]
        for json in bad { #expect(MirrorSettings(json: json) == nil) }
    }

    @Test func `a rule that keeps always goes before one that counts`() {
        var settings = MirrorSettings()
        let layer = sample.layer(tags: ["verse"])
        settings.rules = [.init(.publisher(sample.publisher)), .init(.tag("verse"), isAll: true)]
        #expect(settings.rule(for: layer)?.follow == .tag("verse"))
        settings.rules.removeLast()
        let rule = settings.rule(for: layer)
        #expect(rule?.follow == .publisher(sample.publisher))
        #expect(rule.map { settings.keepsAlways($0, layer) } == false)
        // Where nobody wants a number each is kept.
        let free = sample.layer(copies: nil)
        #expect(settings.keepsAlways(settings.rules[0], free))
        settings.targets[free.content.layer] = 2
        #expect(!settings.keepsAlways(settings.rules[0], free))
        // A layer that was named is kept, and what is for members only.
        #expect(settings.keepsAlways(.init(.layer(layer.content.layer)), layer))
        let shared = DescribedLayer(
            content: layer.content, publisher: layer.publisher, organization: sample.publisher)
        #expect(settings.keepsAlways(settings.rules[0], shared))
    }

    @Test func `the publisher's number goes before the owner's`() {
        var settings = MirrorSettings()
        settings.rules = [.init(.publisher(sample.publisher), copies: 9)]
        let (said, silent) = (sample.layer(copies: 3), sample.layer(2, copies: nil))
        settings.targets = [said.content.layer: 7, silent.content.layer: 5]
        #expect(settings.target(of: said, settings.rules[0]) == 3)
        #expect(settings.target(of: silent, settings.rules[0]) == 5)
        settings.targets = [:]
        #expect(settings.target(of: silent, settings.rules[0]) == 9)
    }

    @Test func `others are told what is followed and for whom sealed copies are kept`() {
        var settings = MirrorSettings()
        settings.rules = [.init(.tag("verse")), .init(.organization(sample.publisher))]
        let owner = OwnerPolicy([
            .init(.publisher(sample.publisher), [.mirror], allows: true),
            .init(.any, [.mirror], allows: false), .init(.any, allows: true),
        ])
        #expect(
            settings.marks(owner) == [
                Follow.tag("verse").mark, Follow.holdMark(for: sample.publisher),
            ])
        #expect(MirrorSettings().marks(OwnerPolicy()).isEmpty)
    }

    @Test func `a propagation statement says how a layer spreads`() throws {
        let key = Driver.key(100)
        let mirror = MirrorSample.key(3)
        let statement = try Statement.make(
            kind: .propagation, layer: Blake3.hash([1]), publisher: key.publicKey, sequence: 1,
            issued: 10, expires: 20,
            body: JSONObject([
                .init(name: "policy", value: "batched"), .init(name: "replicas", value: 4),
                .init(name: "mirrors", value: [.string(mirror.base32)]),
            ]))
        let spread = try #require(LayerSpread(statement))
        #expect(spread == LayerSpread(pace: .batched, copies: 4, until: 20, mirrors: [mirror]))
        let other = try Statement.make(
            kind: .withdrawal, layer: Blake3.hash([1]), publisher: key.publicKey, sequence: 1,
            issued: 10, body: JSONObject([.init(name: "reason", value: "old")]))
        #expect(LayerSpread(other) == nil)
    }
}
