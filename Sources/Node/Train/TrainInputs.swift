import Genome
import Learn
import Wire

/// What a training reads and follows: all that its recipe is made of, by places on this machine.
struct TrainInputs {
    /// A file by the name it is called in messages and the place of its bytes.
    struct Source: Equatable {
        let name: String
        let path: String

        var json: JSONValue { ["name": .string(name), "path": .string(path)] }

        init(name: String, path: String) {
            self.name = name
            self.path = path
        }

        init?(_ json: JSONValue) {
            guard let name = json["name"]?.string, let path = json["path"]?.string else {
                return nil
            }
            self.init(name: name, path: path)
        }
    }

    /// A model or adapter by its files.
    struct Part {
        let files: LayerFiles
        /// Layer id; nil for a folder.
        let layer: String?
        /// The base's facts, if a manifest vouches for them: its files are held against them.
        let facts: BaseFacts?

        /// What to call it where others read it: never by a place on this machine.
        var publicName: String {
            guard layer == nil else { return files.title }
            return files.title.split(separator: "/").last.map { String($0) } ?? "base"
        }

        var json: JSONValue {
            var object = JSONObject()
            object["title"] = .string(files.title)
            object["layer"] = layer.map { .string($0) } ?? .null
            object["facts"] = facts?.json ?? .null
            object["files"] = .array(
                files.paths.sorted { $0.key < $1.key }.map {
                    Source(name: $0.key, path: $0.value).json
                })
            return .object(object)
        }

        init(files: LayerFiles, layer: String?, facts: BaseFacts?) {
            self.files = files
            self.layer = layer
            self.facts = facts
        }

        init?(_ json: JSONValue) {
            guard let title = json["title"]?.string, let list = json["files"]?.array else {
                return nil
            }
            let sources = list.compactMap { Source($0) }
            guard sources.count == list.count else { return nil }
            let paths = Dictionary(
                sources.map { ($0.name, $0.path) }, uniquingKeysWith: { first, _ in first })
            files = LayerFiles(paths, title: title)
            layer = json["layer"]?.string
            facts = json["facts"].flatMap { BaseFacts($0) }
        }
    }

    /// The base.
    var base: Part
    /// The adapter it starts from.
    var start: Part?
    /// The files that are learned from.
    var data: [Source]
    /// The files that are only judged.
    var evaluation: [Source]
    /// How factors are changed.
    var settings: TrainingSettings
    /// How records become examples.
    var dataSettings: DataSettings
    /// Steps between two evaluations.
    var evaluationEvery = 0
    /// Evaluations without progress.
    var patience = 0
    /// Whether the best state is the result.
    var keepsBest = false

    /// Inputs with the defaults of the rest.
    init(
        base: Part, start: Part?, data: [Source], evaluation: [Source],
        settings: TrainingSettings, dataSettings: DataSettings
    ) {
        self.base = base
        self.start = start
        self.data = data
        self.evaluation = evaluation
        self.settings = settings
        self.dataSettings = dataSettings
    }

    /// The object in a job's `request.json`.
    func json() throws(Failure) -> JSONObject {
        var object = JSONObject()
        object["base"] = base.json
        object["start"] = start?.json ?? .null
        object["data"] = .array(data.map(\.json))
        object["evaluation"] = .array(evaluation.map(\.json))
        object["settings"] = .object(
            try inLearn("reading the settings") { () throws(LearnError) in
                try settings.recipeMembers()
            })
        object["dataSettings"] = .object(dataSettings.json)
        object["template"] = dataSettings.template.map { .string($0) } ?? .null
        object["evaluationEvery"] = .integer(Int64(evaluationEvery))
        object["patience"] = .integer(Int64(patience))
        object["keepsBest"] = .bool(keepsBest)
        return object
    }

    /// The inputs of such an object.
    init(_ json: JSONValue) throws(Failure) {
        func list(_ name: String) -> [Source] {
            (json[name]?.array ?? []).compactMap { Source($0) }
        }
        guard let base = json["base"].flatMap({ Part($0) }), let settings = json["settings"],
            let dataSettings = json["dataSettings"]
        else {
            throw Failure(.corrupt, "the request of this job is damaged")
        }
        let (read, readData) = try inLearn("reading the settings") { () throws(LearnError) in
            (
                try TrainingSettings(json: settings),
                try DataSettings(json: dataSettings, template: json["template"]?.string)
            )
        }
        self.init(
            base: base, start: json["start"].flatMap { Part($0) }, data: list("data"),
            evaluation: list("evaluation"), settings: read, dataSettings: readData)
        evaluationEvery = Int(json["evaluationEvery"]?.integer ?? 0)
        patience = Int(json["patience"]?.integer ?? 0)
        keepsBest = json["keepsBest"]?.bool ?? false
    }
}
