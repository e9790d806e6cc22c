import Genome
import Wire

/// `plasmid schema`: the JSON Schemas of documents, for programs that check before they ask.
enum SchemaCommand {
    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        guard let name = arguments.operand(0) else {
            var object = JSONObject()
            object["names"] = .array(JSONSchema.names.map { .string($0) })
            report.done(object, text: JSONSchema.names)
            return
        }
        guard let schema = JSONSchema.named(name) else {
            throw Failure(
                .usage, "there is no schema \(PlainText.shown(name))",
                remedy: "say one of \(JSONSchema.names.joined(separator: ", "))")
        }
        let text = IndentedJSON.write(.object(schema)).split(separator: "\n").map { String($0) }
        report.done(schema, text: text)
    }
}
