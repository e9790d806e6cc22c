/// What can be wrong with bytes that a peer sent, in the words of the wire format.
public enum WireError: Error, Equatable, Sendable {
    /// Fewer bytes than the format needs.
    case truncated
    /// Bytes left over after the last field.
    case trailingBytes
    /// A number or text written in a longer form than necessary, or fields out of order: the
    /// same value must have exactly one encoding.
    case notCanonical
    /// Longer or more numerous than the limit named in `Limits`.
    case tooLarge(String)
    /// A value outside what the field allows; names the field.
    case invalid(String)
    /// A version, type or critical field that this node does not know.
    case unsupported(String)
    /// A signature, authentication tag or hash that does not match its bytes.
    case notAuthentic(String)
    /// The peer is in another network (its network id differs).
    case otherNetwork
    /// The peer does not hold the key that it was dialled for.
    case wrongPeer
    /// Outside its time of validity.
    case expired
}
