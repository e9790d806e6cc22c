import Genome
import Wire

/// A layer of which this node has every blob it should have.
public struct HeldLayer: Sendable {
    /// Facts for records.
    public let content: LayerContent
    /// Who may do what with it.
    public internal(set) var policy: LayerPolicy
    /// The DSSE envelope without payload.
    public let envelope: [UInt8]
    /// Blobs that are here, with sizes: manifest, files, tensor table and texts.
    public let blobs: [BlobReference]
    /// When this node's own record about it was issued and runs out (milliseconds since 1970);
    /// nil when there is none.
    public internal(set) var announced: Announced?
    /// Whether the publisher's record of it was signed by another node that acts for her: that
    /// node's to renew and to end. This one says for itself that it has a copy.
    public var isSaidByOther = false
    /// The visibility that its manifest allows at most.
    public let widest: Visibility
    /// Its files of tensors, in path order: what others may be coded against.
    public internal(set) var tensorFiles: [TensorFileName] = []
    /// How its publisher wants copies of it to spread; nil where she said nothing.
    public private(set) var spread: LayerSpread?
    private var spreadSequence: UInt64 = 0
    /// What its publisher said of it that peers may have to hear, in envelopes, with the keys of
    /// grants; newest of each place.
    var news: [News] = []

    /// A file of tensors.
    public struct TensorFileName: Equatable, Sendable {
        /// Where it stands in the layer.
        public let path: String
        /// Its bytes.
        public let blob: Digest
    }

    /// Something that the publisher said of a layer.
    struct News: Sendable {
        let place: StatementPlace
        let grantee: NodeKey?
        let sequence: UInt64
        let envelope: [UInt8]
    }

    /// Time of an own record.
    public struct Announced: Equatable, Sendable {
        /// Milliseconds since 1970 when it was made.
        public let issued: UInt64
        /// Milliseconds since 1970 when it runs out.
        public let expires: UInt64
        /// Who it is for.
        public let domain: Domain
        /// What it says of copies.
        public let spread: LayerSpread?

        /// A time.
        public init(
            issued: UInt64, expires: UInt64, domain: Domain = .everyone,
            spread: LayerSpread? = nil
        ) {
            self.issued = issued
            self.expires = expires
            self.domain = domain
            self.spread = spread
        }
    }

    /// A layer that is here.
    public init(
        content: LayerContent, policy: LayerPolicy, envelope: [UInt8], blobs: [BlobReference],
        announced: Announced?
    ) {
        self.content = content
        self.policy = policy
        self.envelope = envelope
        self.blobs = blobs.sorted { $0.blob < $1.blob }
        self.announced = announced
        widest = policy.visibility
    }

    /// The layer id.
    public var layer: Digest { content.layer }

    /// The key that signed the manifest.
    public var publisher: NodeKey { policy.publisher }

    /// Takes in what its terms are with those of all it is made from, as far as that is here.
    public mutating func take(_ answer: LicenceAnswer) {
        policy.contradiction = answer.refusal
        if !answer.effective.isEmpty { policy.terms = answer.effective }
    }

    /// Takes in what was said about it and is kept here: statements with their envelopes, whose
    /// signatures were checked. Only the publisher's own word changes what may be done with it.
    public mutating func take(_ statements: [(statement: Statement, envelope: [UInt8])]) {
        for (statement, envelope) in statements { _ = take(statement, envelope) }
    }

    /// The same for one; whether it changed something.
    mutating func take(_ statement: Statement, _ envelope: [UInt8]) -> Bool {
        if statement.kind == .acceptance { return policy.take(acceptance: statement) }
        if statement.kind == .propagation { return take(propagation: statement) }
        let counts: Set<StatementKind> = [.grant, .visibility, .withdrawal]
        guard counts.contains(statement.kind), statement.publisher == publisher,
            statement.layer == layer
        else { return false }
        let place = statement.place
        if let known = news.first(where: { $0.place == place }) {
            guard known.sequence < statement.sequence else { return false }
        }
        news.removeAll { $0.place == place }
        news.append(
            News(
                place: place, grantee: Grant(statement)?.grantee, sequence: statement.sequence,
                envelope: envelope))
        policy.take(statement, widest: widest)
        return true
    }

    /// What she wants of copies goes to others in her record, not in statements.
    private mutating func take(propagation statement: Statement) -> Bool {
        guard statement.publisher == publisher, statement.layer == layer,
            statement.sequence > spreadSequence
        else { return false }
        spreadSequence = statement.sequence
        let before = spread
        spread = LayerSpread(statement)
        return spread != before
    }

    /// Takes in what trusted keys attested that it passed.
    public mutating func take(verdicts: Set<String>) { policy.verdicts = verdicts }

    /// Takes in that its publisher took it back, as gossip told.
    public mutating func takeWithdrawal(_ reason: String) {
        policy.withdrawal = policy.withdrawal ?? reason
    }

    /// Whether its publisher's own word takes it back, and not only gossip.
    var isTakenBack: Bool { news.contains { $0.place.kind == .withdrawal } }

    /// Whether its publisher said anything that peers may have to hear.
    var hasNews: Bool { !news.isEmpty }

    /// What of it concerns somebody: grants to the key, to one that it asks for or to an
    /// organisation that it belongs to, and the rest if it may know of the layer by what the
    /// manifest allows.
    func statements(for caller: Caller) -> [[UInt8]] {
        // Other nodes of the publisher hear all: each may say the next word.
        if caller.publishes(for: publisher) { return news.map(\.envelope) }
        let own = news.filter { $0.grantee.map { caller.isMeant(by: $0) } ?? false }
        let mayKnow =
            switch widest {
            case .public: true
            case .organization: policy.organization.map { caller.has(.read, in: $0) } ?? false
            case .whitelist: !own.isEmpty
            case .private: false
            }
        let rest = mayKnow ? news.filter { $0.grantee == nil } : []
        return (own + rest).map(\.envelope)
    }

    /// The size of one of its blobs that are here; nil for other blobs.
    public func size(of blob: Digest) -> UInt64? {
        var low = 0
        var high = blobs.count
        while low < high {
            let middle = (low + high) / 2
            if blobs[middle].blob < blob { low = middle + 1 } else { high = middle }
        }
        return low < blobs.count && blobs[low].blob == blob ? blobs[low].size : nil
    }
}

/// What the catalogue knows about where a layer can be had.
public struct LayerHolders: Sendable {
    /// A node that says it has the layer.
    public struct Holder: Equatable, Sendable {
        /// Its key.
        public let node: NodeKey
        /// Where it may be dialled; empty when it said nowhere.
        public let endpoints: [Endpoint]
        /// Whether it cannot be called from outside, as it says.
        public let isUnreachable: Bool
        /// Relays by which it is reached then.
        public let relays: [PeerAddress]

        /// A holder.
        public init(
            node: NodeKey, endpoints: [Endpoint], isUnreachable: Bool = false,
            relays: [PeerAddress] = []
        ) {
            self.node = node
            self.endpoints = endpoints
            self.isUnreachable = isUnreachable
            self.relays = relays
        }

        /// A holder as its Node record has it; nil for a node that nobody has heard of.
        public init(node: NodeKey, said: NodeContent?) {
            let isUnreachable = said?.reach == .unreachable
            let endpoints = said?.endpoints ?? []
            self.init(
                node: node,
                endpoints: isUnreachable ? endpoints.filter { $0.reach != .global } : endpoints,
                isUnreachable: isUnreachable, relays: said?.relays ?? [])
        }
    }

    /// What one record says of a layer.
    public struct Description: Equatable, Sendable {
        /// The facts.
        public let content: LayerContent
        /// The publisher that it names.
        public let publisher: NodeKey
        /// Who signed the record.
        public let source: NodeKey

        /// A record's word.
        public init(content: LayerContent, publisher: NodeKey, source: NodeKey) {
            self.content = content
            self.publisher = publisher
            self.source = source
        }
    }

    /// What records say, those of publishers first; empty when none speaks of the layer.
    public let descriptions: [Description]
    /// Who has it.
    public let holders: [Holder]

    /// What is known.
    public init(descriptions: [Description], holders: [Holder]) {
        self.descriptions = descriptions
        self.holders = holders
    }
}
