import Genome
import Wire

/// One decision of who may do what with a layer, as the access log keeps it.
public struct AccessEntry: Equatable, Sendable {
    /// Longest entry in bytes: what its 16-bit length can say.
    static let bytesMax = 65_535

    /// 1 for the first decision of this home, then one more each, over all segments.
    public let sequence: UInt64
    /// Milliseconds since 1970.
    public let time: UInt64
    /// The layer.
    public let layer: Digest
    /// The whole question, keys replaced, so that it can be asked again.
    public let question: JSONValue
    /// The rule that refused it; nil where it was allowed.
    public let rule: String?
    /// The canonical bytes.
    public let bytes: [UInt8]

    /// Lays out a decision.
    init(sequence: UInt64, time: UInt64, layer: Digest, question: JSONValue, rule: String?) {
        self.sequence = sequence
        self.time = time
        self.layer = layer
        self.question = question
        self.rule = rule
        var object = JSONObject()
        object["seq"] = .integer(Int64(clamping: sequence))
        object["time"] = .integer(Int64(clamping: time))
        object["layer"] = .string(layer.hexadecimal)
        object["question"] = question
        object["rule"] = rule.map { .string($0) }
        bytes = CanonicalJSON.write(object)
    }

    /// Reads an entry; nil unless it is a canonical one.
    init?(bytes: [UInt8]) {
        let limits = JSONLimits(bytes: Self.bytesMax, depth: 12, values: 10_000)
        guard let value = try? CanonicalJSON.read(bytes, limits: limits, what: "access entry"),
            let sequence = value["seq"]?.integer.flatMap({ UInt64(exactly: $0) }),
            let time = value["time"]?.integer.flatMap({ UInt64(exactly: $0) }),
            let layer = value["layer"]?.string.flatMap({ Digest(hexadecimal: $0) }),
            let question = value["question"]
        else { return nil }
        self.sequence = sequence
        self.time = time
        self.layer = layer
        self.question = question
        rule = value["rule"]?.string
        self.bytes = bytes
    }
}
