import Genome
import Host
import Learn
import Wire

/// What an evaluation found: the layers beside their base, on the data and on general text.
struct EvalResult {
    /// One set of examples under both.
    struct Part {
        let data: TrainingData
        let files: [EvalFile]
        let base: EvalScores
        let adapted: EvalScores

        /// What must be at hand to do it again.
        fileprivate var statement: JSONValue {
            var object = JSONObject()
            object["examples"] = .string(data.digest.hexadecimal)
            object["files"] = .array(
                files.map { BlobReference(blob: $0.blob, size: UInt64($0.size)).json })
            object["template"] = data.template.map { .string($0.hexadecimal) }
            return .object(object)
        }
    }

    /// The data that were asked for.
    let data: Part
    /// General text, to see what was forgotten.
    let retention: Part?
    /// What two layers do beside each alone, if that was asked for.
    let synergy: EvalSynergy?
    /// How records became examples.
    let settings: DataSettings
    /// How products were computed.
    let profile: Profile
    /// Whether there are layers over the base.
    let hasLayers: Bool
    /// The processor it ran on, where the kernel tells.
    let hardware: String?
    /// Most memory that the process held, in bytes.
    let peakMemory: UInt64
    /// Seconds of all processors.
    let processorSeconds: Double

    /// The members of the answer.
    func describe(_ object: inout JSONObject, _ session: ComputeSession) {
        for (name, value) in data.adapted.quality + data.adapted.speed { object[name] = value }
        object["items"] = .integer(Int64(data.adapted.totals.items))
        object["targets"] = .integer(Int64(data.adapted.totals.targets))
        object["correct"] = .integer(Int64(data.adapted.totals.correct))
        object["exact"] = .integer(Int64(data.adapted.totals.exact))
        var base = JSONObject()
        for (name, value) in data.base.quality + data.base.speed { base[name] = value }
        base["match"] = .string(session.match.rawValue)
        base["layer"] = session.base.layer.map { .string($0) } ?? .null
        base["title"] = .string(session.base.title)
        object["base"] = .object(base)
        object["data"] = .array(data.files.map { .object($0.json) })
        object["digest"] = .string(data.data.digest.hexadecimal)
        object["notes"] = .array(
            (data.data.notes + (retention?.data.notes ?? [])).map { .string($0.description) })
        object["peakMemory"] = .integer(Int64(clamping: peakMemory))
        object["processorSeconds"] = .double(processorSeconds)
        object["hardware"] = hardware.map { .string($0) } ?? .null
        object["synergy"] = synergy?.json
        guard let retention else { return }
        var kept = JSONObject()
        kept["loss"] = .double(retention.adapted.totals.loss)
        kept["perplexity"] = .double(retention.adapted.totals.perplexity)
        kept["change"] = .double(retention.adapted.totals.loss - retention.base.totals.loss)
        kept["items"] = .integer(Int64(retention.adapted.totals.items))
        kept["targets"] = .integer(Int64(retention.adapted.totals.targets))
        kept["base"] = [
            "loss": .double(retention.base.totals.loss),
            "perplexity": .double(retention.base.totals.perplexity),
        ]
        kept["data"] = .array(retention.files.map { .object($0.json) })
        object["retention"] = .object(kept)
    }

    /// The table for people, at most `width` columns wide.
    func lines(title: String, width: Int) -> [String] {
        let totals = data.adapted.totals
        var table = Table(
            [.init("", isElastic: true), .init("BASE", isRight: true)]
                + (hasLayers
                    ? [.init("ADAPTED", isRight: true), .init("CHANGE", isRight: true)] : []))
        func add(
            _ name: String, _ value: (EvalScores) -> Double, _ text: (Double) -> String,
            in part: Part
        ) {
            let (base, adapted) = (value(part.base), value(part.adapted))
            let sign = adapted > base ? "+" : ""
            let cells = [name, text(base)]
            table.add(hasLayers ? cells + [text(adapted), sign + text(adapted - base)] : cells)
        }
        add("loss, nats a token", { $0.totals.loss }, { Decimals.text($0, 4) }, in: data)
        add("perplexity", { $0.totals.perplexity }, { Decimals.text($0, 2) }, in: data)
        add("likeliest token is right", { $0.totals.accuracy }, Decimals.percent, in: data)
        add("answer is exact", { $0.totals.exactMatch }, Decimals.percent, in: data)
        if let retention {
            add("loss on general text", { $0.totals.loss }, { Decimals.text($0, 4) }, in: retention)
            add(
                "perplexity on general text", { $0.totals.perplexity }, { Decimals.text($0, 2) },
                in: retention)
        }
        add(
            "half of the examples within, ms", { $0.latency(0.5) }, { Decimals.text($0, 1) },
            in: data)
        add(
            "95 % of the examples within, ms", { $0.latency(0.95) }, { Decimals.text($0, 1) },
            in: data)
        let kind = totals.items == 1 ? "example" : "examples"
        return [
            TextWidth.fitted(title, to: width),
            "\(totals.items) \(kind), \(totals.targets) tokens to foretell", "",
        ] + table.lines(width: width) + [
            ""
        ] + (synergy.map { [$0.line] } ?? []) + [
            "Memory: \(Sizes.text(peakMemory)) at most, the mapped weights included"
        ]
    }

    /// The body of the statement about it. Figures that follow from weights and data come first;
    /// those of the machine are named as such.
    func statement(baseLayer: String?) -> JSONObject {
        var figures: [JSONValue] = []
        func add(_ metric: String, _ value: Double, _ unit: String) {
            guard let text = NumberText.decimal(of: value) else { return }
            figures.append([
                "metric": .string(metric), "value": .string(text), "unit": .string(unit),
            ])
        }
        func addQuality(_ prefix: String, _ totals: EvaluationTotals) {
            add(prefix + "loss", totals.loss, "nats per token")
            add(prefix + "perplexity", totals.perplexity, "tokens")
            add(prefix + "accuracy", totals.accuracy, "of 1")
            add(prefix + "exact-match", totals.exactMatch, "of 1")
        }
        addQuality("", data.adapted.totals)
        if hasLayers { addQuality("base-", data.base.totals) }
        add("targets", Double(data.adapted.totals.targets), "tokens")
        if let retention {
            add("retention-loss", retention.adapted.totals.loss, "nats per token")
            add("retention-base-loss", retention.base.totals.loss, "nats per token")
        }
        add("latency-p50", data.adapted.latency(0.5), "ms")
        add("latency-p95", data.adapted.latency(0.95), "ms")
        add("speed", data.adapted.tokensPerSecond, "tokens per second")
        add("peak-memory", Double(peakMemory), "bytes")
        var dataset = JSONObject()
        let names = data.files.map(\.name).joined(separator: ", ")
        dataset["name"] = .string(names.utf8.count <= 256 ? names : "\(data.files.count) files")
        if data.files.count == 1, let file = data.files.first {
            dataset["blob"] = .string(file.blob.hexadecimal)
            dataset["size"] = .integer(Int64(file.size))
        }
        dataset["records"] = .integer(Int64(data.adapted.totals.items))
        var body = JSONObject()
        body["task"] = .string("eval: foretelling the tokens of records, \(profile.rawValue)")
        body["figures"] = .array(figures)
        body["dataset"] = .object(dataset)
        body["data"] = data.statement
        body["retention"] = retention?.statement
        body["settings"] = .object(settings.json)
        body["base"] = hasLayers ? baseLayer.map { .string($0) } : nil
        // A statement holds no text that could not be shown.
        if let hardware, !hardware.isEmpty, hardware.utf8.count <= 256, PlainText.isPlain(hardware)
        {
            body["hardware"] = .string(hardware)
        }
        synergy?.state(in: &body)
        return body
    }
}
