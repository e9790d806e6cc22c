import Genome
import Host
import Learn
import Wire

/// `plasmid merge`: several adapters become one, or become part of their base.
enum MergeCommand {
    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        guard let out = arguments.text("out") else {
            throw Failure(.usage, "--out is missing", remedy: "say --out DIR, a new folder")
        }
        let folder = try NewFolder(out)
        var object = JSONObject()
        do throws(Failure) {
            if arguments.isGiven("base") {
                object = try intoBase(arguments, report, folder)
            } else {
                object = try intoAdapter(arguments, report, folder)
            }
            try folder.finish()
        } catch {
            folder.discard()
            throw error
        }
        object["path"] = .string(folder.path)
        report.done(object, text: ["Wrote \(folder.path)"])
    }

    private static func intoAdapter(
        _ arguments: Arguments, _ report: Report, _ folder: NewFolder
    ) throws(Failure) -> JSONObject {
        let access = LazyAccess(
            report, for: try LayerUse.derive(arguments.texts("purpose")))
        var parts: [AdapterMerge.Part] = []
        var sources: [ComputeSession.Layer] = []
        for word in arguments.operands {
            let (name, weight) = ComputeSession.weighted(word)
            let source = try LayerSource.open(name, access)
            sources.append(ComputeSession.Layer(source: source, weight: weight))
            parts.append(
                (
                    try inLearn("opening \(source.title)") { () throws(LearnError) in
                        try Adapter(source.files)
                    }, weight
                ))
        }
        let bases = Set(sources.compactMap { $0.source.base?.weights })
        guard bases.count <= 1 else {
            throw Failure(
                .refused, "these layers were made for different bases",
                why: "a merge of them would fit neither")
        }
        let settings = try settings(arguments)
        let result = try inLearn("merging") { () throws(LearnError) in
            try MergedFiles.adapter(
                try AdapterMerge(parts, settings),
                baseName: parts.lazy.compactMap(\.adapter.facts.config.baseName).first,
                write: folder.append)
        }
        var object = JSONObject()
        object["method"] = .string(settings.method.rawValue)
        object["rank"] = .integer(Int64(result.rank))
        object["modules"] = .integer(Int64(result.modules))
        object["parents"] = parents(sources)
        return object
    }

    private static func intoBase(
        _ arguments: Arguments, _ report: Report, _ folder: NewFolder
    ) throws(Failure) -> JSONObject {
        let session = try ComputeSession.open(
            base: arguments.text("base"), layers: arguments.operands,
            LazyAccess(report, for: try LayerUse.derive(arguments.texts("purpose"))))
        try session.requireSilence("merge")
        guard let stack = session.stack else {
            throw Failure(.usage, "no layer is named", remedy: "say plasmid merge LAYER --base …")
        }
        try inLearn("merging into \(session.base.title)") { () throws(LearnError) in
            try MergedFiles.base(session.model, stack, write: folder.append)
        }
        // Configuration and tokenizer stay as they are; the weights were written above.
        for (name, path) in session.base.files.paths.sorted(by: { $0.key < $1.key })
        where isCopied(name) {
            try folder.copy(name, from: path)
        }
        var object = JSONObject()
        object["method"] = "base"
        object["parents"] = parents(session.layers)
        object["base"] = .string(session.match.rawValue)
        return object
    }

    private static func isCopied(_ name: String) -> Bool {
        let endings = [".json", ".txt", ".jinja", ".model"]
        return !name.contains("/") && endings.contains { name.hasSuffix($0) }
    }

    private static func parents(_ layers: [ComputeSession.Layer]) -> JSONValue {
        .array(
            layers.flatMap { $0.merged.isEmpty ? [$0] : $0.merged }.map { layer in
                [
                    "layer": layer.source.layer.map { .string($0) } ?? .null,
                    "title": .string(layer.source.title), "weight": .double(layer.weight),
                ]
            })
    }

    private static func settings(_ arguments: Arguments) throws(Failure) -> MergeSettings {
        var settings = MergeSettings()
        if let name = try arguments.choice(
            "method", among: MergeMethod.allCases.map(\.rawValue)),
            let method = MergeMethod(rawValue: name)
        {
            settings.method = method
        }
        settings.rank = try arguments.integer("rank", in: 1...65_536)
        if let text = arguments.text("density") {
            guard let density = Double(text) else {
                throw Failure(.usage, "--density \(PlainText.shown(text)) is no number")
            }
            settings.density = density
        }
        if let text = arguments.text("seed") {
            guard let seed = UInt64(text) else {
                throw Failure(.usage, "--seed \(PlainText.shown(text)) is no whole number")
            }
            settings.seed = seed
        }
        return settings
    }
}
