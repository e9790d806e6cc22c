import Wire

/// What an assembly comes to when it runs: adapters with their weights, and the layers whose words
/// stand before the conversation, in order.
///
/// The meaning of each connection stands in `docs/formats/assemblies.md`.
public struct AssemblyPlan: Hashable, Sendable {
    /// An adapter with its weight.
    public struct Weighted: Hashable, Sendable {
        /// Layer id.
        public let layer: Digest
        /// Multiplies its scale; never 0.
        public let weight: Double
    }

    /// The adapters; those of one list become one before they run. In the members' order.
    public let adapters: [[Weighted]]
    /// The layers that speak or remember, in the order of their words.
    public let texts: [Digest]
    /// The base model, if it is a member.
    public let base: Digest?
    /// Members that are passed by.
    public let leftOut: [Digest]

    /// The plan of an assembly whose members play these parts; refused by name where a connection
    /// means nothing or a layer cannot be a member.
    public init(_ assembly: Assembly, _ parts: [LayerPart]) throws(GenomeError) {
        let known = Dictionary(parts.map { ($0.layer, $0) }) { first, _ in first }
        var ordered: [LayerPart] = []
        for member in assembly.members {
            guard let part = known[member.layer] else {
                throw .assembly(
                    .notAMember(String(member.layer.hexadecimal.prefix(16)), why: "it is not here"))
            }
            ordered.append(part)
        }
        base = try Self.base(ordered)
        try Self.check(assembly, known)
        let weights = Self.weights(assembly)
        let isLeftOut = { (layer: Digest) in
            assembly.connections.contains {
                $0.to == layer && $0.kind == .skip && $0.strength == 1
            }
        }
        let adapters = ordered.filter { part in
            part.effects.contains(.adapter) && weights[part.layer] != 0 && !isLeftOut(part.layer)
        }.map { Weighted(layer: $0.layer, weight: weights[$0.layer] ?? 1) }
        self.adapters = Self.merged(adapters, assembly.connections)
        let speaking = ordered.filter { part in
            !part.effects.isDisjoint(with: [.text, .memory]) && !isLeftOut(part.layer)
        }.map(\.layer)
        texts =
            Assembly.ordered(speaking, assembly.connections.filter { $0.kind == .sequential })
            ?? speaking
        let acting = Set(adapters.map(\.layer) + speaking)
        leftOut = ordered.map(\.layer).filter { [base] in !acting.contains($0) && $0 != base }
    }

    /// The one base among the members; refused where adapters do not fit it or one another.
    private static func base(_ parts: [LayerPart]) throws(GenomeError) -> Digest? {
        if let part = parts.first(where: { $0.effects.isEmpty }) {
            throw .assembly(
                .notAMember(
                    part.title, why: "it is no layer that runs by itself; name what it is made of"))
        }
        let models = parts.filter { $0.effects.contains(.base) }
        guard models.count < 2 else {
            throw .assembly(.twoBases(models[0].title, models[1].title))
        }
        let bound = parts.filter {
            $0.base != nil && !$0.effects.isDisjoint(with: [.base, .adapter])
        }
        if let first = bound.first, let other = bound.first(where: { $0.base != first.base }) {
            throw .assembly(.bases(first.title, other.title))
        }
        return models.first?.layer
    }

    private static func check(
        _ assembly: Assembly, _ parts: [Digest: LayerPart]
    ) throws(GenomeError) {
        for connection in assembly.connections {
            guard let from = parts[connection.from], let to = parts[connection.to] else { continue }
            let why: String? =
                switch connection.kind {
                case .parallel, .merge: adapters(from, to)
                case .sequential: texts(from, to, connection.strength)
                case .skip: skip(to, connection.strength)
                }
            if let why {
                throw .assembly(
                    .noMeaning(
                        kind: connection.kind.rawValue, from: from.title, to: to.title, why: why))
            }
        }
    }

    private static func adapters(_ from: LayerPart, _ to: LayerPart) -> String? {
        let other = [from, to].first { !$0.effects.contains(.adapter) }
        return other.map { "\($0.title) is no adapter" }
    }

    private static func texts(
        _ from: LayerPart, _ to: LayerPart, _ strength: Double
    ) -> String? {
        let silent = [from, to].first { $0.effects.isDisjoint(with: [.text, .memory]) }
        if let silent {
            return silent.effects.contains(.adapter)
                ? "adapters over one base add up, so their order changes nothing; say parallel"
                : "\(silent.title) has no words of its own"
        }
        return strength == 1 ? nil : "an order has no strength"
    }

    private static func skip(_ to: LayerPart, _ strength: Double) -> String? {
        if to.effects.contains(.base) { return "nothing runs without its base" }
        let isWhole = strength == 0 || strength == 1
        return to.effects.contains(.adapter) || isWhole
            ? nil : "words stand there or do not; say strength 0 or 1"
    }

    /// Influence times the strengths of what leads to the member, in the order of the connections.
    private static func weights(_ assembly: Assembly) -> [Digest: Double] {
        var weights: [Digest: Double] = [:]
        for member in assembly.members { weights[member.layer] = member.influence }
        for connection in assembly.connections {
            switch connection.kind {
            case .parallel, .merge: weights[connection.to, default: 1] *= connection.strength
            case .skip: weights[connection.to, default: 1] *= 1 - connection.strength
            case .sequential: break
            }
        }
        return weights
    }

    /// Adapters that `merge` joins, directly or through others, in one list.
    private static func merged(
        _ adapters: [Weighted], _ connections: [Assembly.Connection]
    ) -> [[Weighted]] {
        var groups = adapters.map { [$0] }
        for connection in connections where connection.kind == .merge {
            guard
                let one = groups.firstIndex(where: { group in
                    group.contains { $0.layer == connection.from }
                }),
                let other = groups.firstIndex(where: { group in
                    group.contains { $0.layer == connection.to }
                }), one != other
            else { continue }
            let joined = Set((groups[one] + groups[other]).map(\.layer))
            groups[min(one, other)] = adapters.filter { joined.contains($0.layer) }
            groups.remove(at: max(one, other))
        }
        return groups
    }
}
