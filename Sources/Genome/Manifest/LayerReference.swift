import Wire

/// How a person names a layer: by id, handle, publisher's reference, name, or the first digits of
/// its id, tried in that order.
public enum LayerReference: Hashable, Sendable {
    /// The full id.
    case layer(Digest)
    /// The handle.
    case uuid(LayerUUID)
    /// `label.k7x2m4qa/name@version`, the version optional.
    case published(PublishedName)
    /// A bare name that must resolve among trusted publishers; `prefix` holds the same text where
    /// it could also begin a layer id.
    case named(name: String, version: String?, prefix: String?)
    /// At least eight hexadecimal digits that begin a layer id.
    case prefix(String)

    /// Fewest digits of an id that may stand for it.
    public static let prefixDigitsMin = 8

    /// The reference of a text; refused if it has none of the forms.
    public static func parse(_ text: String) throws(GenomeError) -> LayerReference {
        if let layer = Digest(hexadecimal: text) { return .layer(layer) }
        if let uuid = LayerUUID(text) { return .uuid(uuid) }
        if let published = PublishedName(text) { return .published(published) }
        let isPrefix =
            (prefixDigitsMin..<64).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map { String($0) } ?? ""
        let version = parts.count == 2 ? String(parts[1]) : nil
        if LayerName.isValid(name), version.map({ SemanticVersion($0) != nil }) ?? true {
            return .named(name: name, version: version, prefix: isPrefix ? text : nil)
        }
        guard isPrefix else { throw .reference(PlainText.shown(text)) }
        return .prefix(text)
    }
}

/// A publisher's own name for a layer: `label.k7x2m4qa/name@version`, label and the first eight
/// digits of the key before the slash. Also a valid Hugging Face repository id without version.
public struct PublishedName: Hashable, Sendable {
    /// The publisher's label; empty text when it has none.
    public let label: String
    /// The first eight base32 digits of the publisher's key.
    public let fingerprint: String
    /// The layer's name.
    public let name: String
    /// The version, or nil for the highest release.
    public let version: String?

    /// A name from its parts.
    public init(label: String, publisher: NodeKey, name: String, version: String?) {
        self.label = label
        fingerprint = publisher.fingerprint
        self.name = name
        self.version = version
    }

    /// The name of a text; nil if it is not one.
    public init?(_ text: String) {
        let sides = text.split(separator: "/", omittingEmptySubsequences: false)
        guard sides.count == 2 else { return nil }
        let right = sides[1].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(right[0])
        let version = right.count == 2 ? String(right[1]) : nil
        guard LayerName.isValid(name), version.map({ SemanticVersion($0) != nil }) ?? true
        else { return nil }
        let owner = sides[0].split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(owner.count), let digits = owner.last, digits.utf8.count == 8,
            digits.utf8.allSatisfy({
                (0x61...0x7a).contains($0) || (0x32...0x37).contains($0)
            })
        else { return nil }
        let label = owner.count == 2 ? String(owner[0]) : ""
        guard owner.count == 1 || LayerName.isLabel(label) else { return nil }
        self.label = label
        fingerprint = String(digits)
        self.name = name
        self.version = version
    }
}

extension PublishedName: CustomStringConvertible {
    /// The text, as `init` reads it.
    public var description: String {
        let owner = label.isEmpty ? fingerprint : "\(label).\(fingerprint)"
        return "\(owner)/\(name)" + (version.map { "@\($0)" } ?? "")
    }
}
