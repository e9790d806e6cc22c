import Genome
import Learn
import Wire

/// What two layers do together beside what each does alone, on the same examples.
struct EvalSynergy {
    /// The layer ids, the first is the one that the statement speaks of.
    let layers: (first: String, second: String)
    /// Each alone.
    let alone: (first: EvalScores, second: EvalScores)
    /// Both.
    let together: EvalScores

    /// The two layers of a session; refused where it has others, or others than were published.
    static func layers(
        of session: ComputeSession
    ) throws(Failure) -> (first: String, second: String) {
        let ids = session.layers.compactMap { layer in
            layer.merged.isEmpty && layer.weight == 1 ? layer.source.layer : nil
        }
        guard ids.count == 2, session.layers.count == 2, ids[0] != ids[1] else {
            throw Failure(
                .refused, "--synergy compares two layers of the store with each of them alone",
                why: "the relation joins two layers as they were published, without a weight",
                remedy: "name two with --layer, or an assembly of two adapters")
        }
        return (ids[0], ids[1])
    }

    /// The loss of the better one.
    var bestAlone: Double { min(alone.first.totals.loss, alone.second.totals.loss) }

    /// Nats a token by which both together foretell better than the better one alone; less than 0
    /// where they are in each other's way.
    var strength: Double { bestAlone - together.totals.loss }

    /// Examples that both together answer exactly and neither alone does.
    var emergent: Int {
        zip(together.items, zip(alone.first.items, alone.second.items)).count { both, parts in
            both.isExact && !parts.0.isExact && !parts.1.isExact
        }
    }

    /// The members of the answer.
    var json: JSONValue {
        func part(_ layer: String, _ scores: EvalScores) -> JSONValue {
            var object = JSONObject()
            object["layer"] = .string(layer)
            for (name, value) in scores.quality { object[name] = value }
            return .object(object)
        }
        let relation: JSONValue =
            strength == 0
            ? .null
            : .string((strength > 0 ? LayerRelation.synergizesWith : .conflictsWith).rawValue)
        return [
            "strength": .double(strength), "emergent": .integer(Int64(emergent)),
            "relation": relation,
            "alone": [part(layers.first, alone.first), part(layers.second, alone.second)],
        ]
    }

    /// The line for people.
    var line: String {
        let gain = Decimals.text(strength.magnitude, 4)
        let words =
            strength > 0
            ? "Together they foretell by \(gain) nats a token better than the better one alone"
            : strength < 0
                ? "Together they foretell by \(gain) nats a token worse than the better one alone"
                : "Together they foretell as well as the better one alone"
        return words
            + (emergent > 0 ? "; \(emergent) answers are exact that neither gives alone" : "")
    }

    /// Turns the statement about an evaluation of both into one about what joins them.
    func state(in body: inout JSONObject) {
        body["task"] = .string(
            "synergy with \(layers.second): \(body["task"]?.string ?? "eval")")
        body["beside"] = .string(layers.second)
        var figures: [JSONValue] = []
        for (metric, value, unit) in [
            (Statement.synergyMetric, strength, "nats per token"),
            ("alone-loss", alone.first.totals.loss, "nats per token"),
            ("beside-alone-loss", alone.second.totals.loss, "nats per token"),
            (Statement.bestAloneMetric, bestAlone, "nats per token"),
            (Statement.emergentMetric, Double(emergent), "records"),
        ] {
            guard let text = NumberText.decimal(of: value) else { continue }
            figures.append([
                "metric": .string(metric), "value": .string(text), "unit": .string(unit),
            ])
        }
        // The figures of both are no figures of the layer: they are told apart by their names.
        for figure in body["figures"]?.array ?? [] {
            var renamed = figure.object ?? JSONObject()
            renamed["metric"] = .string("together-" + (figure["metric"]?.string ?? ""))
            figures.append(.object(renamed))
        }
        body["figures"] = .array(figures)
    }
}
