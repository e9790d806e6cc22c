/// The tables of documents as JSON Schemas, draft 2020-12.
extension Schema {
    /// The schema of a value; `free` refers to the definition of that name.
    var jsonSchema: JSONValue {
        switch self {
        case .text(let form): form.jsonSchema
        case .integer(let range):
            [
                "type": "integer", "minimum": .integer(range.lowerBound),
                "maximum": .integer(range.upperBound),
            ]
        case .truth: ["type": "boolean"]
        case .choice(let names, let isOpen):
            isOpen
                ? ["anyOf": [Self.choice(names), TextForm.privateName]] : Self.choice(names)
        case .list(let element, let max, let isDistinct):
            Self.list(element, max: max, isDistinct: isDistinct)
        case .object(let fields): Self.jsonSchema(of: fields)
        case .free: ["$ref": "#/$defs/free"]
        }
    }

    private static func choice(_ names: [String]) -> JSONValue {
        ["enum": .array(names.map { .string($0) })]
    }

    private static func list(_ element: Schema, max: Int, isDistinct: Bool) -> JSONValue {
        var object = JSONObject()
        object["type"] = "array"
        object["items"] = element.jsonSchema
        object["maxItems"] = .integer(Int64(max))
        if isDistinct { object["uniqueItems"] = true }
        return .object(object)
    }

    /// The schema of an object of these members and no others.
    static func jsonSchema(of fields: [Field]) -> JSONValue {
        var members = JSONObject()
        for field in fields {
            var schema = field.schema.jsonSchema.object ?? JSONObject()
            schema["description"] = .string(field.meaning)
            members[field.name] = .object(schema)
        }
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        var object = JSONObject()
        object["type"] = "object"
        object["properties"] = .object(members)
        if !required.isEmpty { object["required"] = .array(required) }
        object["additionalProperties"] = false
        return .object(object)
    }

    /// What `free` admits: any JSON without floats, whole numbers within 2^53.
    static let freeDefinition: JSONValue = [
        "anyOf": [
            ["type": ["string", "boolean", "null"]],
            [
                "type": "integer", "minimum": .integer(-integerMax),
                "maximum": .integer(integerMax),
            ],
            ["type": "array", "items": ["$ref": "#/$defs/free"]],
            ["type": "object", "additionalProperties": ["$ref": "#/$defs/free"]],
        ]
    ]
}
