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
    /// Whether its manifest needs a newer program to be understood.
    public var needsNewerNode: Bool
    /// Rights that were given.
    public var grants: [Grant]
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
        needsNewerNode = false
        grants = []
        acceptances = []
        contradiction = nil
    }
}

extension LayerPolicy {
    /// What a manifest alone says; `book` tells what licences ask.
    public init(_ manifest: Manifest, book: LicenceBook = .catalogue) {
        let ways = book.alternatives(ofStated: manifest.licence).map(\.terms)
        self.init(
            publisher: manifest.publisher, type: manifest.type, visibility: manifest.visibility,
            organization: manifest.organization, distribution: manifest.distribution,
            licence: manifest.licence?.description, terms: LicenceAlternative.mildest(of: ways),
            restrictedDomains: manifest.restrictedDomains)
        needsNewerNode = !manifest.isRunnable
    }
}
