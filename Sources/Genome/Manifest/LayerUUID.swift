import Wire

/// The handle of a layer: the first 16 bytes of its id with the version and variant bits of
/// RFC 9562's UUID version 8. A handle only: the full id is the authority.
public struct LayerUUID: Hashable, Sendable {
    /// The 16 bytes.
    public let bytes: [UInt8]

    /// The handle of a layer id.
    public init(of layer: Digest) {
        var bytes = Array(layer.bytes.prefix(16))
        bytes[6] = bytes[6] & 0x0f | 0x80
        bytes[8] = bytes[8] & 0x3f | 0x80
        self.bytes = bytes
    }

    /// A handle from its text `xxxxxxxx-xxxx-8xxx-yxxx-xxxxxxxxxxxx` in lower case; nil for
    /// anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [8, 4, 4, 4, 12],
            let bytes = Hexadecimal.decode(parts.joined()),
            bytes[6] >> 4 == 8, bytes[8] >> 6 == 2
        else { return nil }
        self.bytes = bytes
    }

    /// Whether this is the handle of `layer`.
    public func names(_ layer: Digest) -> Bool { LayerUUID(of: layer) == self }
}

extension LayerUUID: CustomStringConvertible {
    /// The text of RFC 9562 §4.
    public var description: String {
        let digits = Array(Hexadecimal.encode(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
            .map { String(digits[$0]) }.joined(separator: "-")
    }
}
