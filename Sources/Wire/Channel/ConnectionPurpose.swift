/// What the initiator of a handshake wants the connection for, behind its certificate in the
/// handshake's payload: sealed, and proven as much as the key.
public enum ConnectionPurpose: UInt8, Sendable {
    /// A session. Says nothing, as before there was anything else.
    case session = 0
    /// A further connection that carries groups for the session with the same peer.
    case stripe = 1

    /// What stands behind the certificate.
    var bytes: [UInt8] { self == .session ? [] : [rawValue] }

    /// Reads what stands behind a certificate.
    init(bytes: ArraySlice<UInt8>) throws(WireError) {
        guard let byte = bytes.first else {
            self = .session
            return
        }
        guard bytes.count == 1, byte != Self.session.rawValue,
            let purpose = Self(rawValue: byte)
        else { throw .unsupported("connection purpose") }
        self = purpose
    }
}
