import Genome
import Wire

@testable import Swarm

/// Nodes that mirror the layers of one publisher, as a rule sees them.
struct MirrorSample {
    let publisher = Driver.key(100).publicKey
    var settings = MirrorSettings()
    var nodes: [NodeKey: MirrorNode] = [:]
    var presence = MirrorPresence()
    var standings: [NodeKey: MirrorStanding] = [:]
    var now: UInt64 = 1_000_000_000_000
    var isSettled = true
    /// This node's seed.
    var own: UInt8 = 1

    init(mirrors: ClosedRange<UInt8> = 1...6, patience: UInt64 = 60) {
        settings.rules = [.init(.publisher(publisher))]
        settings.patience = patience
        for seed in mirrors { add(seed) }
        add(100, mirrors: false)
    }

    static func key(_ seed: UInt8) -> NodeKey { Driver.key(seed).publicKey }

    /// A node in a network of its own.
    mutating func add(
        _ seed: UInt8, mirrors: Bool = true, issued: UInt64 = Driver.wallStart
    ) {
        var content = NodeContent(
            endpoints: [Driver.address(1, [20, seed, 1])], services: [.catalogue, .blobs])
        if mirrors {
            let mark = Follow.publisher(publisher).mark ?? 0
            content.mirror = MirrorOffer(marks: [mark], room: 1 << 40)
        }
        nodes[Self.key(seed)] = MirrorNode(Self.key(seed), content, issued: issued)
    }

    func layer(
        _ number: UInt8 = 1, copies: Int? = 3, pace: LayerSpread.Pace = .immediate,
        mirrors: [NodeKey] = [], name: String = "poems", tags: [String] = []
    ) -> DescribedLayer {
        var content = LayerContent(
            layer: Blake3.hash([number]), manifestSize: 1_000, type: "lora", name: name,
            version: "1.0.0", licence: "MIT", size: 1_000_000, files: 1)
        content.tags = tags
        content.spread = LayerSpread(pace: pace, copies: copies, mirrors: mirrors)
        return DescribedLayer(content: content, publisher: publisher)
    }

    func watched(
        _ layer: DescribedLayer? = nil, holders: [UInt8] = [], isKept: Bool = false
    ) -> WatchedCopy {
        WatchedCopy(
            WatchedLayer(
                layer ?? self.layer(), sources: [publisher],
                holders: Set(holders.map { Self.key($0) }), isKept: isKept))
    }

    var rule: CopyRule { rule(of: own) }

    func rule(of seed: UInt8) -> CopyRule {
        CopyRule(
            node: Self.key(seed), settings: settings, nodes: nodes, presence: presence,
            standings: standings, now: now, seconds: Int64(Driver.wallStart / 1_000),
            isSettled: isSettled)
    }

    func decide(_ copy: WatchedCopy, as seed: UInt8? = nil) -> CopyDecision {
        var copy = copy
        return rule(of: seed ?? own).decide(&copy)
    }

    /// Those who would take a layer now.
    func takers(_ copy: WatchedCopy, among seeds: [UInt8]) -> [UInt8] {
        seeds.filter { seed in
            if case .take = decide(copy, as: seed) { true } else { false }
        }
    }

    /// A node does not answer for so long.
    mutating func lose(_ seed: UInt8, for seconds: UInt64) {
        let key = Self.key(seed)
        presence.met(key, at: now - (seconds + 1) * 1_000_000_000)
        presence.missed(key, at: now - seconds * 1_000_000_000)
    }
}
