import Genome
import Wire

/// What the owner of a node wants mirrored. Nothing is, unless she says so here.
public struct MirrorSettings: Equatable, Sendable {
    /// Something that is followed.
    public struct Rule: Equatable, Sendable {
        /// What.
        public let follow: Follow
        /// Copies that should live of each layer whose publisher wants no number; nil for none:
        /// then this node keeps each.
        public let copies: Int?
        /// Whether this node keeps each however many others do.
        public let isAll: Bool

        /// A rule.
        public init(_ follow: Follow, copies: Int? = nil, isAll: Bool = false) {
            (self.follow, self.copies, self.isAll) = (follow, copies, isAll)
        }
    }

    /// What is followed, in the order in which it was said.
    public var rules: [Rule] = []
    /// Copies that should live of single layers whose publishers want no number.
    public var targets: [Digest: Int] = [:]
    /// Layers that wait for their owner's word, and got it.
    public var taken: Set<Digest> = []
    /// Seconds for which a holder may be away before its copy counts as lost.
    public var patience: UInt64 = MirrorLimits.patienceDefault

    /// Nothing.
    public init() {}

    /// The first rule that covers a layer and says most: one by which it is always kept.
    func rule(for layer: DescribedLayer) -> Rule? {
        let covering = rules.filter { $0.follow.covers(layer) }
        return covering.first { keepsAlways($0, layer) } ?? covering.first
    }

    /// Whether a rule has a layer kept whoever else keeps it.
    func keepsAlways(_ rule: Rule, _ layer: DescribedLayer) -> Bool {
        // Who else is in an organisation is told in no record, so nobody can be chosen.
        if layer.organization != nil { return true }
        return rule.isAll || rule.follow.isCloselyNamed || target(of: layer, rule) == nil
    }

    /// Copies that should live of a layer; nil where nobody wants a number.
    func target(of layer: DescribedLayer, _ rule: Rule?) -> Int? {
        layer.content.spread?.copies ?? targets[layer.content.layer] ?? rule?.copies
    }

    /// What others are told of it.
    func marks(_ owner: OwnerPolicy) -> [UInt64] {
        rules.compactMap(\.follow.mark) + owner.holdMarks
    }
}

extension OwnerPolicy {
    /// Marks of the publishers whose sealed blobs the owner lets this node keep.
    var holdMarks: [UInt64] {
        rules.filter { $0.allows && $0.actions.contains(.mirror) }.compactMap { rule in
            switch rule.subject {
            case .publisher(let key): Follow.holdMark(for: key)
            case .any: Follow.holdMark(for: nil)
            default: nil
            }
        }
    }
}

extension MirrorSettings {
    /// As the owner's setting keeps it: canonical JSON.
    public var json: JSONValue {
        let rules = rules.map { rule -> JSONValue in
            var object = JSONObject()
            object["follow"] = .string(rule.follow.text)
            object["copies"] = rule.copies.map { .integer(Int64($0)) }
            if rule.isAll { object["all"] = true }
            return .object(object)
        }
        var targets = JSONObject()
        for (layer, copies) in self.targets.sorted(by: { $0.key < $1.key }) {
            targets[layer.hexadecimal] = .integer(Int64(copies))
        }
        return [
            "follows": .array(rules), "targets": .object(targets),
            "taken": .array(taken.sorted().map { .string($0.hexadecimal) }),
            "patience": .integer(Int64(clamping: patience)),
        ]
    }

    /// From JSON of that form; nil where something is not understood: what is passed over could be
    /// the rule that names most.
    public init?(json: JSONValue) {
        guard let follows = json["follows"]?.array, follows.count <= MirrorLimits.rulesMax,
            let targets = json["targets"]?.object, let taken = json["taken"]?.array,
            let patience = json["patience"]?.integer.flatMap({ UInt64(exactly: $0) })
        else { return nil }
        for entry in follows {
            guard let follow = entry["follow"]?.string.flatMap({ Follow($0) }) else { return nil }
            let copies = entry["copies"].map { $0.integer.flatMap { Int(exactly: $0) } }
            if let copies, copies == nil { return nil }
            rules.append(
                Rule(follow, copies: copies ?? nil, isAll: entry["all"]?.bool ?? false))
        }
        for member in targets.members {
            guard let layer = Digest(hexadecimal: member.name),
                let copies = member.value.integer.flatMap({ Int(exactly: $0) })
            else { return nil }
            self.targets[layer] = copies
        }
        self.taken = Set(taken.compactMap { $0.string.flatMap { Digest(hexadecimal: $0) } })
        self.patience = patience
    }
}

extension LayerSpread {
    /// What a publisher's statement says of copies; nil for statements of another kind.
    public init?(_ statement: Statement) {
        guard statement.kind == .propagation,
            let pace = statement.body["policy"]?.string.flatMap({ Pace(name: $0) })
        else { return nil }
        self.init(
            pace: pace, copies: statement.body["replicas"]?.integer.flatMap { Int(exactly: $0) },
            until: statement.expires.flatMap { UInt64(exactly: $0) },
            mirrors: (statement.body["mirrors"]?.array ?? []).compactMap {
                $0.string.flatMap { NodeKey(base32: $0) }
            })
    }
}
