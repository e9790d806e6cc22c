/// The facts of a layer that search needs, repeated in Layer and Mirror records. The manifest
/// is the authority; a record that contradicts it is dropped and its publisher flagged.
public struct LayerContent: Equatable, Sendable {
    static let publisherTag: UInt64 = 5

    /// Blob id of the manifest.
    public var layer: Digest
    /// Size of the manifest in bytes.
    public var manifestSize: UInt64
    /// Name of the tensors, whatever file holds them; nil when the layer has none.
    public var weights: Digest?
    /// Weights id of the base that it adapts.
    public var baseWeights: Digest?
    /// `foundation`, `lora`, `memory`, `specialization`, `communication`, `assembly` or `x-…`.
    public var type: String
    /// The publisher's name for it.
    public var name: String
    /// Semantic version.
    public var version: String
    /// SPDX expression.
    public var licence: String
    /// The publisher's label.
    public var label: String?
    /// Bytes of all files.
    public var size: UInt64
    /// Number of files.
    public var files: UInt64
    /// LoRA rank; nil for other types.
    public var rank: UInt64?
    /// Tags, in byte order without repetition.
    public var tags: [String]
    /// First parents' layer ids.
    public var parents: [Digest]
    /// BCP 47 tag of the main language.
    public var language: String?
    /// One line for people; never in Mirror records.
    public var summary: String?
    /// False: only the publisher serves it and nobody announces it again.
    public var isPeerToPeer: Bool
    /// How its publisher wants copies of it to spread; nil where she said nothing, and in Mirror
    /// records.
    public var spread: LayerSpread?

    /// The facts of a layer without the optional ones.
    public init(
        layer: Digest, manifestSize: UInt64, type: String, name: String, version: String,
        licence: String, size: UInt64, files: UInt64
    ) {
        self.layer = layer
        self.manifestSize = manifestSize
        self.type = type
        self.name = name
        self.version = version
        self.licence = licence
        self.size = size
        self.files = files
        tags = []
        parents = []
        isPeerToPeer = true
    }

    init(_ fields: RecordFields, isMirror: Bool) throws(WireError) {
        let publisherTag = isMirror ? [Self.publisherTag] : []
        try fields.requireKnown([1, 3, 7, 9, 11, 13, 15] + publisherTag)
        layer = try fields.required(3, "layer") { (r) throws(WireError) in try r.readDigest() }
        manifestSize = try fields.required(7, "manifest size") { (r) throws(WireError) in
            try r.readVarint()
        }
        guard manifestSize > 0, manifestSize <= UInt64(Limits.manifestBytesMax) else {
            throw .tooLarge("manifest size")
        }
        type = try Self.required(try fields.text(9, limit: Limits.typeBytesMax, "type"), "type")
        name = try Self.required(try fields.text(11, limit: Limits.nameBytesMax, "name"), "name")
        version = try Self.required(
            try fields.text(13, limit: Limits.versionBytesMax, "version"), "version")
        licence = try Self.required(
            try fields.text(15, limit: Limits.licenceBytesMax, "licence"), "licence")
        weights = try fields.optional(16) { (r) throws(WireError) in try r.readDigest() }
        baseWeights = try fields.optional(18) { (r) throws(WireError) in try r.readDigest() }
        label = try fields.text(20, limit: Limits.labelBytesMax, "label")
        size = try fields.optional(22) { (r) throws(WireError) in try r.readVarint() } ?? 0
        files = try fields.optional(24) { (r) throws(WireError) in try r.readVarint() } ?? 0
        rank = try fields.optional(26) { (r) throws(WireError) in try r.readVarint() }
        tags = try fields.optional(28) { (r) throws(WireError) in try Self.readTags(&r) } ?? []
        parents =
            try fields.optional(30) { (r) throws(WireError) in try Self.readParents(&r) } ?? []
        language = try fields.text(32, limit: Limits.languageBytesMax, "language")
        summary = try fields.text(34, limit: Limits.summaryBytesMax, "summary")
        let direct = try fields.optional(36) { (r) throws(WireError) in try r.readVarint() }
        guard direct == nil || direct == 1 else { throw .invalid("distribution") }
        isPeerToPeer = direct == nil
        guard !isMirror || summary == nil else { throw .invalid("a mirror has no summary") }
        spread = try fields.optional(38) { (r) throws(WireError) in try LayerSpread(from: &r) }
        guard !isMirror || spread == nil else { throw .invalid("a mirror has no say in copies") }
        try checkNames()
    }

    /// Names become parts of references such as `label.key/name@version`: what could be read as
    /// another reference is refused.
    private func checkNames() throws(WireError) {
        guard Self.isName(name) else { throw .invalid("name") }
        guard Self.isName(version) else { throw .invalid("version") }
        guard Self.isName(type) else { throw .invalid("type") }
        if let label, !Self.isName(label) { throw .invalid("label") }
    }

    private static func isName(_ text: String) -> Bool {
        text.utf8.first != 0x2e
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
                case 0x2b, 0x2d, 0x2e, 0x5f: true  // + - . _
                default: false
                }
            }
    }

    private static func required(_ text: String?, _ name: String) throws(WireError) -> String {
        guard let text else { throw .invalid("\(name) is missing") }
        return text
    }

    private static func readTags(_ reader: inout Reader) throws(WireError) -> [String] {
        let count = try reader.readCount(limit: Limits.tagsMax, "tags")
        var tags: [String] = []
        for _ in 0..<count {
            tags.append(try reader.readText(limit: Limits.tagBytesMax, "tag"))
        }
        let isSorted = zip(tags, tags.dropFirst()).allSatisfy { left, right in
            left.utf8.lexicographicallyPrecedes(right.utf8)
        }
        guard isSorted else { throw .notCanonical }
        return tags
    }

    private static func readParents(_ reader: inout Reader) throws(WireError) -> [Digest] {
        let count = try reader.readCount(limit: Limits.parentsMax, "parents")
        var parents: [Digest] = []
        for _ in 0..<count { parents.append(try reader.readDigest()) }
        return parents
    }

    func write(to fields: inout RecordFields, publisher: NodeKey?) {
        fields.setDigest(3, layer)
        fields.setDigest(Self.publisherTag, publisher?.digest)
        fields.setNumber(7, manifestSize)
        fields.setText(9, type)
        fields.setText(11, name)
        fields.setText(13, version)
        fields.setText(15, licence)
        fields.setDigest(16, weights)
        fields.setDigest(18, baseWeights)
        fields.setText(20, label)
        fields.setNumber(22, size)
        fields.setNumber(24, files)
        fields.setNumber(26, rank)
        writeLists(to: &fields)
        fields.setText(32, language)
        fields.setText(34, publisher == nil ? summary : nil)
        fields.setNumber(36, isPeerToPeer ? nil : 1)
        if let spread, publisher == nil {
            fields.set(38) { writer in spread.write(to: &writer) }
        }
    }

    private func writeLists(to fields: inout RecordFields) {
        if !tags.isEmpty {
            fields.set(28) { writer in
                writer.writeVarint(UInt64(tags.count))
                for tag in tags { writer.writeText(tag) }
            }
        }
        if !parents.isEmpty {
            fields.set(30) { writer in
                writer.writeVarint(UInt64(parents.count))
                for parent in parents { writer.write(parent) }
            }
        }
    }
}
