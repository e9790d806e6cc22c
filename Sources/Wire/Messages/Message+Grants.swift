/// Messages by which those who were granted a layer learn that they may not know of it any more.
extension Message {
    /// Layers in one of them: 32 KiB, and more than one lab grants another.
    public static let grantsMax = 1_024

    func writeGrants(to writer: inout Writer) -> Bool {
        switch self {
        case .grantQuestion(let layers):
            writer.write(Kind.grantQuestion)
            Self.write(layers, to: &writer)
        case .grantAnswer(let layers):
            writer.write(Kind.grantAnswer)
            Self.write(layers, to: &writer)
        default: return false
        }
        return true
    }

    private static func write(_ layers: [Digest], to writer: inout Writer) {
        writer.writeVarint(UInt64(layers.count))
        for layer in layers { writer.write(layer) }
    }

    static func readGrants(_ kind: UInt8, _ reader: inout Reader) throws(WireError) -> Message? {
        switch kind {
        case Kind.grantQuestion: .grantQuestion(try readLayers(&reader))
        case Kind.grantAnswer: .grantAnswer(try readLayers(&reader))
        default: nil
        }
    }

    private static func readLayers(_ reader: inout Reader) throws(WireError) -> [Digest] {
        let count = try reader.readCount(limit: grantsMax, "layers")
        var layers: [Digest] = []
        for _ in 0..<count { layers.append(try reader.readDigest()) }
        return layers
    }
}
