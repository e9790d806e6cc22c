import Genome
import Learn

/// The file of `--items`: one JSON object for each example, the same for the same weights and data.
enum EvalItems {
    /// The lines of examples, scored by the base and by the base under its layers.
    static func lines(
        _ entries: [TrainingData.Entry], base: [ItemScore], adapted: [ItemScore]
    ) -> String {
        var text = ""
        for (index, entry) in entries.enumerated() {
            var object = JSONObject()
            object["index"] = .integer(Int64(index))
            object["file"] = .string(entry.place.file)
            object["line"] = .integer(Int64(entry.place.line))
            object["targets"] = .integer(Int64(adapted[index].targets))
            for (name, value) in figures(adapted[index]) { object[name] = value }
            let members = figures(base[index]).map {
                JSONObject.Member(name: $0.name, value: $0.value)
            }
            object["base"] = .object(JSONObject(members))
            text += Report.line(object) + "\n"
        }
        return text
    }

    private static func figures(_ score: ItemScore) -> [(name: String, value: JSONValue)] {
        [
            ("loss", .double(score.loss)), ("correct", .integer(Int64(score.correct))),
            ("exact", .bool(score.isExact)),
        ]
    }
}
