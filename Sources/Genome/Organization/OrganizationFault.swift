import Wire

/// Why a document of an organisation does not count.
public enum OrganizationFault: Hashable, Sendable, CustomStringConvertible {
    /// It names another organisation than the one it was offered to.
    case otherOrganization
    /// The first root of an organisation is signed by the key the organisation is named after.
    case notFounded
    /// Fewer different keys of a role signed than the root asks for.
    case tooFewSigners(role: OrganizationRole, of: String, wanted: Int, found: Int)
    /// A root follows the one before it, by number and by hash.
    case outOfTurn(version: UInt64, expected: UInt64)
    /// A root with the number of the one that is known, and other bytes: both are proof.
    case twoFaced(version: UInt64)
    /// Older than what is known already: somebody replays it.
    case outdated(version: UInt64, known: UInt64)
    /// The root ran out, so nothing that rests on it counts until a new one is here.
    case rootExpired
    /// The revocation list ran out: without a fresh one nobody can know who was removed.
    case revocationsExpired
    /// The document was issued under a root that is not known here yet.
    case rootUnknown(version: UInt64)
    /// The membership has not begun, or is over.
    case notInForce
    /// The membership or its key was taken back.
    case revoked

    /// One sentence for a person, behind a word for the document.
    public var description: String {
        switch self {
        case .otherOrganization: "it is another organisation's"
        case .notFounded: "the key that the organisation is named after did not sign its first root"
        case .tooFewSigners(let role, let root, let wanted, let found):
            "\(found) of the \(wanted) \(role.rawValue) keys that \(root) asks for signed it"
        case .outOfTurn(let version, let expected):
            "it is root \(version), and root \(expected) comes next"
        case .twoFaced(let version):
            "another root \(version) is known: the organisation has two faces"
        case .outdated(let version, let known): "it is number \(version), and \(known) is known"
        case .rootExpired: "the organisation's root has run out: ask it for a new one"
        case .revocationsExpired:
            "the organisation's revocation list has run out: ask it for a new one"
        case .rootUnknown(let version): "it rests on root \(version), which is not here yet"
        case .notInForce: "it has not begun, or is over"
        case .revoked: "it was taken back"
        }
    }
}
