import Genome
import Wire

/// The model card of a trained adapter: what it is, how it was trained, how to use it and how to
/// check it, written from the recipe and the observations alone.
public struct RunCard {
    /// Name of the picture that stands beside it.
    public static let curveName = "loss.svg"
    /// Rows of the table of losses.
    private static let rowsMax = 10

    /// What the adapter is called.
    public var name: String
    /// What the base is called.
    public var base: String
    /// The terms; nil if none were given.
    public var licence: LicenceExpression?
    /// Names of the files of data.
    public var data: [String]
    /// The recipe.
    public var recipe: Recipe
    /// The settings of the recipe.
    public var settings: TrainingSettings
    /// The step whose state is the result.
    public var result: Int
    /// What was observed.
    public var observations: [Observation]

    /// A card of these facts.
    public init(
        name: String, base: String, licence: LicenceExpression?, data: [String], recipe: Recipe,
        settings: TrainingSettings, result: Int, observations: [Observation]
    ) {
        self.name = name
        self.base = base
        self.licence = licence
        self.data = data
        self.recipe = recipe
        self.settings = settings
        self.result = result
        self.observations = observations
    }

    /// The losses of the steps.
    public var steps: [Observation.Step] {
        observations.compactMap { if case .step(let step) = $0 { step } else { nil } }
    }

    /// The evaluations.
    public var evaluations: [Observation.Evaluation] {
        observations.compactMap { if case .evaluation(let found) = $0 { found } else { nil } }
    }

    /// The picture.
    public var curve: String {
        LossCurve.svg(
            title: name, steps: steps.map { ($0.step, $0.loss) },
            judged: evaluations.map { ($0.steps, $0.loss) })
    }

    /// The text.
    public var markdown: String {
        (head + about + table + use).joined(separator: "\n") + "\n"
    }

    private var head: [String] {
        var lines = ["---"]
        if let licence {
            let folded = licence.description.lowercased()
            let isKnown = LicenceCatalogue.expression(ofHuggingFace: folded) == licence
            lines.append("license: \(isKnown ? folded : "other")")
            if !isKnown { lines.append("license_name: \(quoted(licence.description))") }
        }
        lines.append("base_model: \(quoted(base))")
        lines += ["library_name: peft", "pipeline_tag: text-generation"]
        return lines + ["tags:", "- lora", "- plasmid", "---", ""]
    }

    private var about: [String] {
        let tokens = steps.reduce(0) { $0 + $1.tokens }
        let files = data.map { "`\(PlainText.shown($0))`" }.joined(separator: ", ")
        return [
            "# \(PlainText.shown(name))", "",
            "A LoRA adapter for `\(PlainText.shown(base))`, trained on \(files): "
                + "\(steps.count) steps over \(tokens) tokens. The result is the state after "
                + "\(result) steps.", "",
            "![Loss over the steps](\(Self.curveName))", "",
            "| setting | value |", "| --- | --- |",
            "| rank, alpha | \(settings.rank), \(Self.shown(settings.alpha)) |",
            "| batch, accumulated | \(settings.batch), \(settings.accumulate) |",
            "| learning rate | \(recipe.learningRate), \(settings.schedule.rawValue), "
                + "warm-up \(settings.warmup) |",
            "| dropout, weight decay | \(Self.shown(settings.dropout)), "
                + "\(Self.shown(settings.weightDecay)) |",
            "| profile, seed | \(settings.profile.rawValue), \(settings.seed) |",
            "| run | `\(recipe.run)` |", "",
        ]
    }

    private var table: [String] {
        let steps = steps
        guard let last = steps.last else { return [] }
        var lines = [
            "| step | loss | learning rate | gradient norm |", "| ---: | ---: | ---: | ---: |",
        ]
        let stride = max(1, (steps.count + Self.rowsMax - 1) / Self.rowsMax)
        for step in steps where step.step % stride == 0 || step.step == last.step {
            lines.append(
                "| \(step.step) | \(Self.shown(step.loss)) | \(Self.shown(step.learningRate)) | "
                    + "\(Self.shown(step.gradientNorm)) |")
        }
        guard !evaluations.isEmpty else { return lines + [""] }
        lines += [
            "", "| judged after | loss | likeliest token |", "| ---: | ---: | ---: |",
        ]
        for found in evaluations.suffix(Self.rowsMax) {
            let share = Double(found.correct) / Double(max(1, found.targets))
            lines.append(
                "| \(found.steps) | \(Self.shown(found.loss)) | \(Self.shown(share * 100)) % |")
        }
        return lines + [""]
    }

    private var use: [String] {
        [
            "## Use", "", "```python", "from peft import PeftModel",
            "model = PeftModel.from_pretrained(base_model, \"path/to/this/folder\")", "```", "",
            "## Check", "",
            "The run is named by everything that determines its bits. With the layer's evidence, "
                + "`plasmid verify LAYER --level comprehensive` does a part of it again and "
                + "compares every byte.",
        ]
    }

    /// A YAML word in double quotes.
    private func quoted(_ text: String) -> String {
        let safe = PlainText.shown(text).replacing("\\", with: "\\\\")
        return "\"" + safe.replacing("\"", with: "\\\"") + "\""
    }

    /// Four digits that count; a decimal that is not too small stays one.
    private static func shown(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return "0" }
        var scale = 1.0
        while value.magnitude * scale < 1_000 && scale < 1e12 { scale *= 10 }
        while value.magnitude * scale >= 10_000 && scale > 1 { scale /= 10 }
        return NumberText.decimal(of: (value * scale).rounded() / scale) ?? "\(value)"
    }
}
