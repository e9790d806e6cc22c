import Wire

/// The sections of a manifest that are read from files and never asked for.
extension LayerFolder {
    /// Elements of all tensors.
    public var parameterCount: UInt64 {
        (table?.rows ?? []).reduce(0) { $0 &+ $1.shape.elementCount }
    }

    /// `loraConfig`, `architecture`, `baseModel` and `integration` as the files show them.
    public var shownSections: JSONObject {
        var object = JSONObject()
        let types = Set((table?.rows ?? []).map(\.type.rawValue)).sorted()
        if let adapter {
            object["loraConfig"] = adapter.loraConfig
            object["integration"] = [
                "format": "peft", "method": "low-rank",
                "attaches": .array(adapter.targetNames.map { .string($0) }),
            ]
            object["architecture"] = ["dataTypes": .array(types.map { .string($0) })]
        } else if let model {
            object["architecture"] = model.architecture(tokenizer: tokenizer, dataTypes: types)
            object["integration"] = ["format": "transformers", "method": "whole-model"]
            var base = JSONObject()
            base["family"] = .string(model.modelType)
            base["contextWindow"] = model.contextWindow.map { .integer(Int64($0)) }
            object["baseModel"] = .object(base)
        } else {
            object["integration"] = ["format": "plain"]
        }
        return object
    }
}
