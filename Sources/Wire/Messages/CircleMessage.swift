/// News among the members of one circle, over a session in which both have shown that they belong
/// to it. Peers that do not know the message pass over it.
public struct CircleMessage: Equatable, Sendable {
    /// What members say to each other.
    public enum Word: Equatable, Sendable {
        /// The sender takes the peer for a member and will tell it this circle's news. Whoever
        /// does so too answers with the names of what it has.
        case join
        /// Records with the hops that each has come.
        case news([NeighbourMessage.NewsItem])
        /// Names of records that the sender has.
        case haves([NeighbourMessage.Have])
        /// Asks for the records with these names, and for all news from now on.
        case graft([NewsName])
        /// Asks for names only from now on.
        case prune
    }

    /// Which circle, and which epoch of it.
    public let circle: CircleDomain
    /// What is said.
    public let word: Word

    /// A word among the members of a circle.
    public init(_ circle: CircleDomain, _ word: Word) { (self.circle, self.word) = (circle, word) }

    /// The type of the message, and the byte that says `join` where the type of a word among
    /// neighbours stands otherwise.
    enum Kind {
        static let circle: UInt8 = 200
        static let join: UInt8 = 0
    }

    func encode(to writer: inout Writer) {
        writer.write(Kind.circle)
        writer.write(circle.bytes)
        switch word {
        case .join: writer.write(Kind.join)
        case .news(let items): NeighbourMessage.news(items).encode(to: &writer)
        case .haves(let haves): NeighbourMessage.haves(haves).encode(to: &writer)
        case .graft(let names): NeighbourMessage.graft(names).encode(to: &writer)
        case .prune: NeighbourMessage.prune.encode(to: &writer)
        }
    }

    init(from reader: inout Reader) throws(WireError) {
        guard let circle = CircleDomain(bytes: try reader.readBytes(CircleTag.byteCount)) else {
            throw .truncated
        }
        self.circle = circle
        let kind = try reader.readUInt8()
        guard kind != Kind.join else {
            word = .join
            return
        }
        guard let message = try NeighbourMessage(kind, from: &reader), let word = Word(message)
        else { throw .invalid("word about a circle") }
        self.word = word
    }
}

extension CircleMessage.Word {
    /// A word about news; nil for what neighbours say about anything else.
    public init?(_ message: NeighbourMessage) {
        switch message {
        case .news(let items): self = .news(items)
        case .haves(let haves): self = .haves(haves)
        case .graft(let names): self = .graft(names)
        case .prune: self = .prune
        default: return nil
        }
    }
}
