import Wire

extension Manifest {
    /// Whether it names the layer of its base. One that does not is found by the base's weights.
    public var namesBaseLayer: Bool { base?.layer != nil }

    /// What it says of its relations to other layers: base, parents, data, members and
    /// dependencies. An edge to the layer itself says nothing.
    public var edges: [LayerEdge] {
        let found = made + declared
        return found.filter { $0.target != layer }
    }

    private var made: [LayerEdge] {
        var edges: [LayerEdge] = []
        if let base = base?.layer { edges.append(need(base, "base")) }
        for parent in parents {
            edges.append(
                .evolution(
                    layer, from: parent.layer, type: parent.relation ?? "parent",
                    saidBy: publisher, origin: .manifest))
        }
        for link in licenceLinks where link.role == .data {
            if case .layer(let data) = link.target { edges.append(need(data, "data")) }
        }
        for member in json["assembly"]?["layers"]?.array ?? [] {
            guard let id = member.digest("layer") else { continue }
            edges.append(need(id, "member", strength: Self.decimal(member["weight"])))
        }
        return edges
    }

    private var declared: [LayerEdge] {
        (json["dependencies"]?.array ?? []).compactMap { entry in
            guard let target = entry.digest("layer"), let kind = entry["kind"]?.string else {
                return nil
            }
            let strength = Self.decimal(entry["strength"])
            switch kind {
            case "synergizes-with":
                return .synergy(
                    layer, with: target, type: "", strength: strength, capabilities: [],
                    saidBy: publisher, origin: .manifest)
            case "conflicts-with":
                return .conflict(
                    layer, with: target, type: "declared", severity: strength,
                    resolution: entry["note"]?.string ?? "", saidBy: publisher, origin: .manifest)
            default:
                return need(
                    target, kind, strength: strength,
                    isRequired: entry["required"]?.bool ?? (kind == "requires"))
            }
        }
    }

    private func need(
        _ target: Digest, _ type: String, strength: Double = 1, isRequired: Bool = true
    ) -> LayerEdge {
        .dependency(
            layer, on: target, type: type, strength: strength,
            isRequired: isRequired && type != "data", saidBy: publisher, origin: .manifest)
    }

    private static func decimal(_ value: JSONValue?) -> Double {
        value?.string.flatMap { Double($0) } ?? 1
    }
}

extension Statement {
    /// What it says of relations to other layers: an evolution of where the layer came from, a
    /// measurement beside another layer of how the two go together; nothing for other kinds.
    public var edges: [LayerEdge] { kind == .measurement ? measured : evolved }

    /// Nats a token by which two layers foretell better together than the better one alone.
    public static let synergyMetric = "synergy"
    /// The loss of the better one of two layers alone.
    public static let bestAloneMetric = "best-alone-loss"
    /// Records that two layers answer exactly together and neither alone.
    public static let emergentMetric = "emergent-exact"

    private var measured: [LayerEdge] {
        guard let other = body["beside"]?.string.flatMap({ Digest(hexadecimal: $0) }),
            other != layer, let strength = figure(Self.synergyMetric), strength != 0
        else { return [] }
        guard strength < 0 else {
            let count = Int64(exactly: (figure(Self.emergentMetric) ?? 0).rounded()) ?? 0
            let records = body["dataset"]?["records"]?.integer ?? 0
            let name = body["dataset"]?["name"]?.string ?? "the data"
            return [
                .synergy(
                    layer, with: other, type: "measured", strength: strength,
                    capabilities: count < 1
                        ? []
                        : [
                            "exact answers to \(count) of \(records) records of "
                                + "\(name) that neither gives alone"
                        ],
                    saidBy: publisher, origin: .statement)
            ]
        }
        let best = figure(Self.bestAloneMetric) ?? 0
        let part = best > 0 ? min(1, -strength / best) : 1
        return [
            .conflict(
                layer, with: other, type: "measured",
                severity: max(0.01, (part * 100).rounded() / 100),
                resolution: "run the better one alone: together they foretell worse",
                saidBy: publisher, origin: .statement)
        ]
    }

    private func figure(_ metric: String) -> Double? {
        let found = body["figures"]?.array?.first { $0["metric"]?.string == metric }
        return found?["value"]?.string.flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
    }

    private var evolved: [LayerEdge] {
        guard kind == .evolution, let from = body["from"]?.string,
            let target = Digest(hexadecimal: from), target != layer
        else { return [] }
        var improvements = JSONObject()
        for figure in body["improvements"]?.array ?? [] {
            guard let metric = figure["metric"]?.string,
                let value = figure["value"]?.string.flatMap({ Double($0) })
            else { continue }
            improvements[metric] = .double(value)
        }
        return [
            .evolution(
                layer, from: target, type: body["event"]?.string ?? "evolved",
                confidence: body["confidence"]?.string.flatMap { Double($0) } ?? 1,
                improvements: improvements, saidBy: publisher, origin: .statement)
        ]
    }

    /// One figure of a measurement as the table of performance has it.
    public struct Performance: Equatable, Sendable {
        /// What was done.
        public let task: String
        /// What was measured.
        public let metric: String
        /// The figure.
        public let value: Double
        /// On what, on which base and machine, in which unit, and who says so.
        public let context: JSONObject
    }

    /// The figures of a measurement; none for other kinds.
    public var performance: [Performance] {
        guard kind == .measurement else { return [] }
        var common = JSONObject()
        common["publisher"] = .string(publisher.base32)
        common["sequence"] = .integer(Int64(clamping: sequence))
        common["dataset"] = body["dataset"]?["name"]
        common["base"] = body["base"]
        common["beside"] = body["beside"]
        common["hardware"] = body["hardware"]
        return (body["figures"]?.array ?? []).compactMap { figure in
            guard let metric = figure["metric"]?.string,
                let value = figure["value"]?.string.flatMap({ Double($0) }), value.isFinite
            else { return nil }
            var context = common
            context["unit"] = figure["unit"]
            return Performance(
                task: body["task"]?.string ?? "", metric: metric, value: value, context: context)
        }
    }
}
