/// The fields of a record: tag, byte count, bytes; tags strictly rising, each at most once.
///
/// Odd tags are critical: a reader that does not know one refuses the record. Even tags may be
/// ignored. So old nodes can carry what new nodes add.
public struct RecordFields: Sendable {
    private var values: [(tag: UInt64, bytes: [UInt8])] = []

    /// No fields.
    public init() {}

    /// Reads fields to the end of the reader.
    init(from reader: inout Reader) throws(WireError) {
        var last: UInt64?
        while !reader.isAtEnd {
            let tag = try reader.readVarint()
            if let last, tag <= last { throw .notCanonical }
            last = tag
            let bytes = try reader.readCounted(limit: Limits.recordBytesMax, "field")
            values.append((tag, bytes))
        }
    }

    /// Writes all fields.
    func encode(to writer: inout Writer) {
        for (tag, bytes) in values {
            writer.writeVarint(tag)
            writer.writeCounted(bytes)
        }
    }

    /// Refuses critical tags that are not in `known`.
    func requireKnown(_ known: [UInt64]) throws(WireError) {
        for (tag, _) in values where !tag.isMultiple(of: 2) && !known.contains(tag) {
            throw .unsupported("field \(tag)")
        }
    }

    private func bytes(_ tag: UInt64) -> [UInt8]? {
        values.first { $0.tag == tag }?.bytes
    }

    private mutating func set(_ tag: UInt64, _ bytes: [UInt8]) {
        precondition(values.last.map { $0.tag < tag } ?? true, "fields are set in rising order")
        values.append((tag, bytes))
    }

    // MARK: reading

    /// An optional field read by `body`, which must use all of its bytes.
    func optional<Value>(
        _ tag: UInt64, _ body: (inout Reader) throws(WireError) -> Value
    ) throws(WireError) -> Value? {
        guard let bytes = bytes(tag) else { return nil }
        var reader = Reader(bytes)
        let value = try body(&reader)
        try reader.finish()
        return value
    }

    /// A field that must be there.
    func required<Value>(
        _ tag: UInt64, _ name: String, _ body: (inout Reader) throws(WireError) -> Value
    ) throws(WireError) -> Value {
        guard let value = try optional(tag, body) else { throw .invalid("\(name) is missing") }
        return value
    }

    /// An optional field of plain text.
    func text(_ tag: UInt64, limit: Int, _ name: String) throws(WireError) -> String? {
        guard let utf8 = bytes(tag) else { return nil }
        guard utf8.count <= limit else { throw .tooLarge(name) }
        guard !utf8.isEmpty, let text = PlainText.decode(utf8) else { throw .invalid(name) }
        return text
    }

    // MARK: writing

    /// Sets a field by writing its bytes.
    mutating func set(_ tag: UInt64, _ body: (inout Writer) -> Void) {
        var writer = Writer()
        body(&writer)
        set(tag, writer.bytes)
    }

    /// Sets a text field, left out when nil or empty.
    mutating func setText(_ tag: UInt64, _ text: String?) {
        guard let text, !text.isEmpty else { return }
        set(tag, Array(text.utf8))
    }

    /// Sets a number field, left out when nil.
    mutating func setNumber(_ tag: UInt64, _ number: UInt64?) {
        guard let number else { return }
        set(tag) { writer in writer.writeVarint(number) }
    }

    /// Sets a digest field, left out when nil.
    mutating func setDigest(_ tag: UInt64, _ digest: Digest?) {
        guard let digest else { return }
        set(tag, digest.bytes)
    }
}
