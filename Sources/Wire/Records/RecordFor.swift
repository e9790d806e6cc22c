/// Who a record is for, as the compiler sees it: a type without values.
public protocol Audience: Sendable {}

/// Whoever asks.
public enum Everyone: Audience {}

/// Those who share a tag, which the record carries.
public enum Members: Audience {}

/// The bytes of a record of which its own domain says that it is for these, and nobody else.
///
/// What spreads, sketches or answers takes one of a single audience, so that a record for few
/// cannot be put where records for everyone go: it does not compile. There is no way to make one
/// but by the two initialisers below, which read the domain's byte in the record; neither believes
/// its caller.
public struct RecordFor<Of: Audience>: Hashable, Sendable {
    /// The record's exact bytes.
    public let bytes: [UInt8]
    /// The tag of those it is for; the same for all that are for everyone.
    private let tag: CircleDomain?

    /// The record's id.
    public var id: Digest { Record.identifier(of: Array(bytes.dropLast(Signature.byteCount))) }

    private init(_ bytes: [UInt8], _ tag: CircleDomain?) { (self.bytes, self.tag) = (bytes, tag) }

    /// Where the domain of a record of version 1 begins: behind version, type, flags, publisher,
    /// slot, sequence and the two times.
    private static var domainPlace: Int { 3 + Digest.byteCount + Slot.byteCount + 3 * 8 }

    /// The domain's byte and what follows it; nil for what is too short to be a record.
    private static func domain(of bytes: [UInt8]) -> ArraySlice<UInt8>? {
        guard bytes.first == Record.version, bytes.count > domainPlace + Signature.byteCount else {
            return nil
        }
        return bytes[domainPlace...]
    }
}

extension RecordFor where Of == Everyone {
    /// A record for everyone; nil for any other. What else is in it is not looked at.
    public init?(_ bytes: [UInt8]) {
        guard Self.domain(of: bytes)?.first == 0 else { return nil }
        self.init(bytes, nil)
    }

    /// The same of one that was decoded.
    public init?(_ record: Record) { self.init(record.bytes) }
}

extension RecordFor where Of == Members {
    /// A record for those who share a tag; nil for any other. What else is in it is not looked at.
    public init?(_ bytes: [UInt8]) {
        guard let domain = Self.domain(of: bytes), domain.first == 1,
            let tag = CircleDomain(bytes: Array(domain.dropFirst().prefix(CircleTag.byteCount)))
        else { return nil }
        self.init(bytes, tag)
    }

    /// The same of one that was decoded.
    public init?(_ record: Record) { self.init(record.bytes) }

    /// The tag of those it is for.
    public var circle: CircleDomain {
        guard let tag else { preconditionFailure("one for members is made with its tag") }
        return tag
    }
}
