/// JSON Schemas (draft 2020-12) of the documents that people and their programs write or read,
/// made from the tables that are checked, so that both say the same.
///
/// What a schema refuses is refused here, but for documents that a newer node is needed for. The
/// reverse does not hold: canonical bytes, signatures, licences that contradict themselves, circles
/// and what hangs on files or on other layers are beyond a schema.
public enum JSONSchema {
    /// The four that are shipped as files; each of the other names narrows one of the first two.
    public static let files = ["layer", "statement", "sections", "record"]

    /// Every name: `layer` and each of its types, `statement` and each of its kinds, `sections`
    /// (`plasmid.json`) and `record` (a line of a memory).
    public static let names =
        ["layer"] + LayerType.names + ["statement"] + StatementKind.allCases.map(\.rawValue)
        + ["sections", "record"]

    /// The schema of that name; nil for an unknown one.
    public static func named(_ name: String) -> JSONObject? {
        if name == "layer" { return layer(nil) }
        if LayerType.names.contains(name) { return layer(name) }
        if name == "statement" { return statement() }
        if let kind = StatementKind(rawValue: name) { return statement(kind) }
        if name == "sections" { return sections() }
        return name == "record" ? record() : nil
    }

    private static func document(_ name: String, _ title: String, _ body: JSONValue) -> JSONObject {
        var object = JSONObject()
        object["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        object["$id"] = .string("urn:plasmid:schema:\(name)")
        object["title"] = .string(title)
        for member in body.object?.members ?? [] { object[member.name] = member.value }
        object["$defs"] = ["free": Schema.freeDefinition]
        return object
    }

    // MARK: Layers

    private static func layer(_ type: String?) -> JSONObject {
        let foreign = ManifestSchema.sectionOwners.filter { owner in
            type.map { !owner.types.contains($0) } ?? false
        }.map(\.section)
        let fields = ManifestSchema.fields.filter { !foreign.contains($0.name) }
        var body = Schema.jsonSchema(of: fields).object ?? JSONObject()
        var members = body["properties"]?.object ?? JSONObject()
        members["manifest"] = ["const": .integer(ManifestSchema.version)]
        if let type { members["type"] = ["const": .string(type)] }
        body["properties"] = .object(members)
        let rules: [JSONValue]
        if let type {
            rules = [typeRule(type)]
        } else {
            rules = LayerType.names.map { ["if": isConst("type", $0), "then": typeRule($0)] }
        }
        body["allOf"] = .array(rules + layerRules)
        return document(
            type ?? "layer", "Manifest of a Plasmid layer" + (type.map { " of type \($0)" } ?? ""),
            .object(body))
    }

    /// What a type needs and may not hold.
    private static func typeRule(_ type: String) -> JSONValue {
        var members = JSONObject()
        for owner in ManifestSchema.sectionOwners where !owner.types.contains(type) {
            members[owner.section] = false
        }
        if type != "assembly" { members["files"] = ["minItems": 1] }
        var rule = JSONObject()
        rule["properties"] = .object(members)
        if type == "lora" { rule["required"] = ["loraConfig", "weights"] }
        if type == "assembly" { rule["required"] = ["assembly"] }
        return .object(rule)
    }

    private static func isConst(_ name: String, _ value: String) -> JSONValue {
        var members = JSONObject()
        members[name] = ["const": .string(value)]
        return ["properties": .object(members), "required": [.string(name)]]
    }

    /// Rules that join several members, as far as a schema can say them.
    private static let layerRules: [JSONValue] = [
        [
            "if": isConst("visibility", "public"),
            "then": ["properties": ["salt": false, "classification": ["const": "public"]]],
            "else": ["required": ["salt"]],
        ],
        [
            "if": isConst("visibility", "private"),
            "else": ["properties": ["licence": ["required": ["expression"]]]],
        ],
        [
            "if": isConst("visibility", "organization"),
            "else": ["properties": ["organization": false]],
        ],
        [
            "properties": [
                "memoryType": ["enum": ["episodic", "semantic", "procedural"]],
                "extensions": ["type": "object"],
                "dependencies": [
                    "items": [
                        "oneOf": [
                            [
                                "required": ["layer"],
                                "properties": ["publisher": false, "name": false, "range": false],
                            ],
                            [
                                "required": ["publisher", "name", "range"],
                                "properties": ["layer": false],
                            ],
                        ]
                    ]
                ],
                "specialization": [
                    "properties": [
                        "tools": ["items": ["properties": ["parameters": ["type": "object"]]]]
                    ]
                ],
                "assembly": ["properties": ["layers": ["minItems": 1]]],
            ]
        ],
    ]

    // MARK: Statements

    private static func statement() -> JSONObject {
        var body = Schema.jsonSchema(of: StatementSchema.common).object ?? JSONObject()
        body["allOf"] = .array(
            StatementKind.allCases.map { kind in
                [
                    "if": isConst("kind", kind.rawValue),
                    "then": ["properties": ["body": Schema.jsonSchema(of: kind.fields)]],
                ]
            })
        return document("statement", "Statement about a Plasmid layer", .object(body))
    }

    private static func statement(_ kind: StatementKind) -> JSONObject {
        var body = Schema.jsonSchema(of: StatementSchema.common).object ?? JSONObject()
        var members = body["properties"]?.object ?? JSONObject()
        members["kind"] = ["const": .string(kind.rawValue)]
        members["body"] = Schema.jsonSchema(of: kind.fields)
        body["properties"] = .object(members)
        return document(
            kind.rawValue, "Statement about a Plasmid layer: \(kind.rawValue)", .object(body))
    }

    // MARK: What people write

    private static func sections() -> JSONObject {
        let written = LayerSections.names
        var fields = ManifestSchema.fields.filter { written.contains($0.name) || $0.name == "type" }
            .map(\.asOptional)
        // Of sections that files show a person may state any part.
        fields += ManifestSchema.fields.filter { LayerSections.claimNames.contains($0.name) }
            .map { field in
                guard case .object(let inner) = field.schema else { return field.asOptional }
                return .optional(
                    field.name, .object(inner.map(\.asOptional)),
                    field.meaning + "; must be what the files show")
            }
        var body = Schema.jsonSchema(of: fields).object ?? JSONObject()
        body["allOf"] = .array([layerRules[layerRules.count - 1]])
        return document("sections", "plasmid.json beside the files of a layer", .object(body))
    }

    private static func record() -> JSONObject {
        document(
            "record", "A line of a memory's JSON Lines files",
            [
                "type": "object", "required": ["text"],
                "properties": [
                    "text": [
                        "type": "string", "minLength": 1,
                        "description": "line breaks in it become blanks",
                    ],
                    "importance": [
                        "anyOf": [
                            ["type": "number", "minimum": 0, "maximum": 1], ["type": "string"],
                        ],
                        "description": "0 to 1; absent = 0.5",
                    ],
                    "time": Schema.time.jsonSchema,
                    "vector": [
                        "type": "array", "items": ["type": "number"], "minItems": 1,
                        "maxItems": .integer(Int64(MemoryRecord.widthMax)),
                    ],
                ],
            ])
    }
}
