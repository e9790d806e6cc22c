import Foundation
import Genome
import Testing

@testable import Learn

/// Short ways to read data with a tokenizer of a few letters.
enum DataSamples {
    static let end =
        #"{"id": 8, "content": "</s>", "special": true, "single_word": false, "lstrip": false, "#
        + #""rstrip": false, "normalized": false}"#

    /// Letters a, b, c with `ab` and `abc` merged, and an end.
    static func tokenizer() throws -> Tokenizer {
        try TinyTokenizer.make(added: end, config: #"{"eos_token": "</s>"}"#)
    }

    /// `Tests/Vectors/training-data.json`, which `Tests/Judges/training_data.py` writes.
    static func vectors() throws -> JSONValue {
        let url = TokenizerVectors.folder.appending(path: "Vectors/training-data.json")
        let bytes = [UInt8](try Data(contentsOf: url))
        return try JSONParser.parse(bytes, limits: JSONLimits(bytes: 4 << 20))
    }

    static func file(_ text: String, _ name: String = "x.jsonl") throws -> DataFile {
        try DataFile(name: name, bytes: Array(text.utf8))
    }

    /// The data of one file.
    static func read(
        _ text: String, _ name: String = "x.jsonl", template: String? = nil,
        _ change: (inout DataSettings) -> Void = { _ in }
    ) throws -> TrainingData {
        var settings = DataSettings()
        settings.template = template
        change(&settings)
        var reader = try DataReader(
            tokenizer: try tokenizer(), format: nil, vocabulary: 9, ends: [], settings: settings)
        try reader.read(try file(text, name))
        return try reader.finish()
    }

    /// Why a file is refused.
    static func fault(
        _ text: String, _ name: String = "x.jsonl", template: String? = nil,
        _ change: (inout DataSettings) -> Void = { _ in }
    ) -> DataFault? {
        do {
            _ = try read(text, name, template: template, change)
        } catch LearnError.data(let fault) {
            return fault
        } catch {
            Issue.record(error)
        }
        return nil
    }

    /// Why a record of a file is refused, and the line it begins on.
    static func recordFault(
        _ text: String, _ name: String = "x.jsonl", template: String? = nil,
        _ change: (inout DataSettings) -> Void = { _ in }
    ) -> (line: Int, fault: RecordFault)? {
        guard case .record(let place, let fault)? = fault(text, name, template: template, change)
        else { return nil }
        return (place.line, fault)
    }
}
