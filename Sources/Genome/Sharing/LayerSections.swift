import Wire

/// What a person writes about a layer in `plasmid.json` beside its files: the sections of the
/// manifest that cannot be read from any other file.
public struct LayerSections: Sendable {
    /// The document's name in a folder.
    public static let fileName = "plasmid.json"

    /// Longest document in bytes: prompts, tools and procedures, not data.
    public static let bytesMax = 1 << 20

    /// The sections it may hold, as the manifest has them.
    public static let names = [
        "dependencies", "pretraining", "specialization", "expertise", "memoryType", "storage",
        "content", "style", "contextAwareness", "decoding", "classification", "restrictedDomains",
    ]

    /// Sections that files show: what it says of them must be what they show.
    public static let claimNames = ["architecture", "integration", "baseModel", "loraConfig"]

    /// The layer's type, if it says one.
    public let type: LayerType?
    /// The sections.
    public let members: JSONObject
    /// What it says of sections that files show.
    public let claims: JSONObject

    /// The sections of a document; their own rules are checked with the manifest they go into.
    public init(_ bytes: [UInt8]) throws(GenomeError) {
        let limits = JSONLimits(bytes: Self.bytesMax, depth: 16, values: 100_000)
        // In the order that a manifest has, so that a folder says the same bytes as the layer.
        let value = try JSONParser.parse(
            CanonicalJSON.write(JSONParser.parse(bytes, limits: limits)), limits: limits)
        guard var object = value.object else {
            throw .field(path: Self.fileName, .wrongType(expected: "an object"))
        }
        if let name = object["type"] {
            guard let type = name.string.flatMap({ LayerType($0) }) else {
                let rule = LayerType.names.joined(separator: ", ") + " or x-…"
                throw .field(path: "\(Self.fileName): type", .notAllowed("one of \(rule)"))
            }
            self.type = type
            object["type"] = nil
        } else {
            type = nil
        }
        var claims = JSONObject()
        for name in Self.claimNames {
            guard let claim = object[name] else { continue }
            guard claim.object != nil else {
                throw .field(path: "\(Self.fileName): \(name)", .wrongType(expected: "an object"))
            }
            claims[name] = claim
            object[name] = nil
        }
        for name in object.names where !Self.names.contains(name) {
            throw .field(path: "\(Self.fileName): \(PlainText.shown(name))", .unknown)
        }
        members = object
        self.claims = claims
    }

    /// Paths of the files that hold a memory's records, as far as it names them.
    public var contentPaths: Set<String> {
        let lists = members["content"]?.object?.members ?? []
        return Set(lists.flatMap { ($0.value.array ?? []).compactMap(\.string) })
    }
}
