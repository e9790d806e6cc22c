import Genome
import Wire

/// All that a layer's manifest and the statements about it say on who may do what. Statements
/// count here only once they were verified.
public struct LayerPolicy: Equatable, Sendable {
    /// The key that signed the manifest.
    public var publisher: NodeKey
    /// What it is.
    public var type: LayerType
    /// Who may know of it now: the manifest's visibility or a narrower one.
    public var visibility: Visibility
    /// Founding key of the organisation it is visible to.
    public var organization: NodeKey?
    /// How it may travel.
    public var distribution: Distribution
    /// The terms as written; nil where it has none.
    public var licence: String?
    /// The ways to satisfy its terms with all it is made from; none where nobody knows them.
    public var terms: [LicenceTerms]
    /// Fields it may not be used in.
    public var restrictedDomains: Set<String>
    /// Why its publisher took it back; nil while it stands.
    public var withdrawal: String?
    /// Seconds since 1970 from when that holds.
    public var withdrawnFrom: Int64
    /// Whether its manifest needs a newer program to be understood.
    public var needsNewerNode: Bool
    /// Blobs of the texts of its terms.
    public var licenceTexts: Set<Digest>
    /// Rights that were given.
    public var grants: [Grant]
    /// What trusted keys attested that it passed, such as `replayed`.
    public var verdicts: Set<String>
    /// Keys that accepted its terms as they are.
    public var acceptances: Set<NodeKey>
    /// Why its terms may not be what it says they are, by what it is made from; nil if they may.
    public var contradiction: LicenceRefusal?

    /// The policy of a layer about which nothing else was said.
    public init(
        publisher: NodeKey, type: LayerType, visibility: Visibility,
        organization: NodeKey? = nil, distribution: Distribution, licence: String?,
        terms: [LicenceTerms], restrictedDomains: Set<String> = []
    ) {
        self.publisher = publisher
        self.type = type
        self.visibility = visibility
        self.organization = organization
        self.distribution = distribution
        self.licence = licence
        self.terms = terms
        self.restrictedDomains = restrictedDomains
        withdrawal = nil
        withdrawnFrom = 0
        needsNewerNode = false
        licenceTexts = []
        grants = []
        verdicts = []
        acceptances = []
        contradiction = nil
    }
}

extension LayerPolicy {
    /// Most keys whose acceptance is kept for one layer: 4 MiB. Each came over a channel of its
    /// own.
    public static let acceptancesMax = 1 << 17

    /// Most grants that count for one layer: each is a statement of up to 16 KiB.
    public static let grantsMax = 4_096

    /// Takes in what its publisher, or someone who accepts the terms, said: the newest statement
    /// of its place, whose signature and signer were checked. Whether it changed something.
    @discardableResult
    public mutating func take(_ statement: Statement, widest: Visibility) -> Bool {
        let before = self
        switch statement.kind {
        case .acceptance: return take(acceptance: statement)
        case .grant:
            guard let grant = Grant(statement) else { return false }
            grants.removeAll { $0.grantee == grant.grantee }
            if grants.count < Self.grantsMax { grants.append(grant) }
        case .visibility:
            guard let said = statement.visibility, said <= widest else { return false }
            visibility = said
            if said == .organization {
                organization = statement.body["organization"]?.string.flatMap {
                    NodeKey(base32: $0)
                }
            }
        case .withdrawal:
            withdrawal = statement.body["reason"]?.string ?? ""
            withdrawnFrom = statement.body["effective"]?.integer ?? 0
        default: return false
        }
        return self != before
    }

    /// Takes in that somebody accepts the terms, if they are the terms; whether it was new.
    public mutating func take(acceptance statement: Statement) -> Bool {
        guard statement.kind == .acceptance, let licence,
            statement.body["licence"]?.string == licence,
            acceptances.count < Self.acceptancesMax
        else { return false }
        return acceptances.insert(statement.publisher).inserted
    }

    /// What a manifest alone says; `book` tells what licences ask.
    public init(_ manifest: Manifest, book: LicenceBook = .catalogue) {
        let ways = book.alternatives(ofStated: manifest.licence).map(\.terms)
        self.init(
            publisher: manifest.publisher, type: manifest.type, visibility: manifest.visibility,
            organization: manifest.organization, distribution: manifest.distribution,
            licence: manifest.licence?.description, terms: LicenceAlternative.mildest(of: ways),
            restrictedDomains: manifest.restrictedDomains)
        needsNewerNode = !manifest.isRunnable
        licenceTexts = Set(manifest.licenceTexts.map(\.blob))
    }
}
