/// What neighbours in the overlay say to each other: who is one, whether a third one lives, and
/// news. All of it is optional in the sense of `Message`: a peer that knows none of it passes over
/// it and gets records as before.
public enum NeighbourMessage: Equatable, Sendable {
    /// The sender wants to be a neighbour; urgently when it has no other.
    case ask(isUrgent: Bool)
    /// Both are neighbours now.
    case accept
    /// There is no room; others who may have some.
    case refuse([PeerAddress])
    /// The sender is no neighbour any more, having no room; others who may have some.
    case leave([PeerAddress])
    /// Addresses on a random walk over neighbours; the first is the node that began it.
    case shuffle(number: UInt64, hopsLeft: UInt8, [PeerAddress])
    /// Addresses back along the way that the shuffle came.
    case shuffleAnswer(number: UInt64, [PeerAddress])
    /// Asks whether a third node answers.
    case probe(number: UInt64, of: NodeKey)
    /// Answers `probe`.
    case probeAnswer(number: UInt64, ProbeOutcome)
    /// Records with the hops that each has come.
    case news([NewsItem])
    /// Names of records that the sender has.
    case haves([Have])
    /// Asks for the records with these names, and for all news from now on.
    case graft([NewsName])
    /// Asks for names only from now on.
    case prune

    /// What a third node found out.
    public enum ProbeOutcome: UInt8, Sendable {
        /// It has no way to the node; it lives itself.
        case unknown = 0
        /// The node answered.
        case alive = 1
        /// The node did not answer it either.
        case silent = 2
    }

    /// A record on its way.
    public struct NewsItem: Equatable, Sendable {
        /// Neighbours that it has passed; 255 for as many or more.
        public let hops: UInt8
        /// The record.
        public let record: [UInt8]

        /// A record that has come so many hops.
        public init(hops: UInt8, record: [UInt8]) {
            (self.hops, self.record) = (hops, record)
        }
    }

    /// A record that the sender has.
    public struct Have: Equatable, Sendable {
        /// Neighbours that it has passed to the sender.
        public let hops: UInt8
        /// Its name.
        public let name: NewsName

        /// A record with this name after so many hops.
        public init(hops: UInt8, name: NewsName) {
            (self.hops, self.name) = (hops, name)
        }
    }

    /// Addresses in one message: a quarter of a passive view.
    public static let peersMax = 16
    /// Names in one message: 17 kB; the rest of a flood waits for the next.
    public static let havesMax = 1024
    /// Hops of a shuffle: a random walk of six is well mixed in a graph of 10^5 nodes with eight
    /// links each (HyParView, Leitão et al. 2007, uses six).
    public static let walkMax: UInt8 = 8

    enum Kind {
        static let membership: UInt8 = 139
        static let shuffle: UInt8 = 140
        static let shuffleAnswer: UInt8 = 141
        static let probe: UInt8 = 142
        static let probeAnswer: UInt8 = 143
        static let news: UInt8 = 144
        static let haves: UInt8 = 145
        static let graft: UInt8 = 146
        static let prune: UInt8 = 147
        static let all: Set<UInt8> = [
            membership, shuffle, shuffleAnswer, probe, probeAnswer, news, haves, graft, prune,
        ]
    }

    /// What a `membership` message says.
    private enum Word {
        static let ask: UInt8 = 1
        static let askUrgently: UInt8 = 2
        static let accept: UInt8 = 3
        static let refuse: UInt8 = 4
        static let leave: UInt8 = 5
    }

    /// Bytes of the message as `Message` encodes it.
    public var byteCount: Int { Message.neighbour(self).bytes.count }

    func encode(to writer: inout Writer) {
        switch self {
        case .ask(let isUrgent): word(isUrgent ? Word.askUrgently : Word.ask, to: &writer)
        case .accept: word(Word.accept, to: &writer)
        case .refuse(let peers): word(Word.refuse, with: peers, to: &writer)
        case .leave(let peers): word(Word.leave, with: peers, to: &writer)
        case .shuffle(let number, let hopsLeft, let peers):
            writer.write(Kind.shuffle)
            writer.write(number)
            writer.write(hopsLeft)
            PeerAddress.writeList(peers, to: &writer)
        case .shuffleAnswer(let number, let peers):
            writer.write(Kind.shuffleAnswer)
            writer.write(number)
            PeerAddress.writeList(peers, to: &writer)
        case .probe(let number, let key):
            writer.write(Kind.probe)
            writer.write(number)
            writer.write(key)
        case .probeAnswer(let number, let outcome):
            writer.write(Kind.probeAnswer)
            writer.write(number)
            writer.write(outcome.rawValue)
        default: encodeNews(to: &writer)
        }
    }

    private func word(
        _ word: UInt8, with peers: [PeerAddress]? = nil, to writer: inout Writer
    ) {
        writer.write(Kind.membership)
        writer.write(word)
        if let peers { PeerAddress.writeList(peers, to: &writer) }
    }

    private func encodeNews(to writer: inout Writer) {
        switch self {
        case .news(let items):
            writer.write(Kind.news)
            writer.writeVarint(UInt64(items.count))
            for item in items {
                writer.write(item.hops)
                writer.writeCounted(item.record)
            }
        case .haves(let haves):
            writer.write(Kind.haves)
            writer.writeVarint(UInt64(haves.count))
            for have in haves {
                writer.write(have.hops)
                have.name.encode(to: &writer)
            }
        case .graft(let names):
            writer.write(Kind.graft)
            writer.writeVarint(UInt64(names.count))
            for name in names { name.encode(to: &writer) }
        default: writer.write(Kind.prune)
        }
    }

    init?(_ kind: UInt8, from reader: inout Reader) throws(WireError) {
        switch kind {
        case Kind.membership: self = try Self.readMembership(from: &reader)
        case Kind.shuffle:
            let number = try reader.readUInt64()
            let hopsLeft = try reader.readUInt8()
            guard hopsLeft <= Self.walkMax else { throw .tooLarge("walk") }
            let peers = try PeerAddress.readList(from: &reader, limit: Self.peersMax)
            guard !peers.isEmpty else { throw .invalid("shuffle") }
            self = .shuffle(number: number, hopsLeft: hopsLeft, peers)
        case Kind.shuffleAnswer:
            self = .shuffleAnswer(
                number: try reader.readUInt64(),
                try PeerAddress.readList(from: &reader, limit: Self.peersMax))
        case Kind.probe:
            self = .probe(number: try reader.readUInt64(), of: try reader.readNodeKey())
        case Kind.probeAnswer:
            let number = try reader.readUInt64()
            guard let outcome = ProbeOutcome(rawValue: try reader.readUInt8()) else {
                throw .invalid("probe outcome")
            }
            self = .probeAnswer(number: number, outcome)
        default:
            guard let news = try Self.readNews(kind, from: &reader) else { return nil }
            self = news
        }
    }

    private static func readMembership(
        from reader: inout Reader
    ) throws(WireError) -> NeighbourMessage {
        switch try reader.readUInt8() {
        case Word.ask: .ask(isUrgent: false)
        case Word.askUrgently: .ask(isUrgent: true)
        case Word.accept: .accept
        case Word.leave: .leave(try PeerAddress.readList(from: &reader, limit: peersMax))
        case Word.refuse: .refuse(try PeerAddress.readList(from: &reader, limit: peersMax))
        default: throw .invalid("word about neighbours")
        }
    }

    private static func readNews(
        _ kind: UInt8, from reader: inout Reader
    ) throws(WireError) -> NeighbourMessage? {
        switch kind {
        case Kind.news:
            let count = try reader.readCount(limit: Limits.recordsPerMessageMax, "records")
            var items: [NewsItem] = []
            for _ in 0..<count {
                let hops = try reader.readUInt8()
                let record = try reader.readCounted(limit: Limits.recordBytesMax, "record")
                items.append(NewsItem(hops: hops, record: record))
            }
            return .news(items)
        case Kind.haves:
            let count = try reader.readCount(limit: havesMax, "names")
            var haves: [Have] = []
            for _ in 0..<count {
                haves.append(
                    Have(hops: try reader.readUInt8(), name: try NewsName(from: &reader)))
            }
            return .haves(haves)
        case Kind.graft:
            let count = try reader.readCount(limit: Limits.recordsPerMessageMax, "names")
            var names: [NewsName] = []
            for _ in 0..<count { names.append(try NewsName(from: &reader)) }
            return .graft(names)
        case Kind.prune: return .prune
        default: return nil
        }
    }
}
