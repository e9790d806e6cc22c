/// What two nodes that are relayed to each other say to get a connection of their own through
/// their routers: each calls the other from the port that it listens on, both at one moment.
public enum PunchMessage: Equatable, Sendable {
    /// The side with the lower key says where it is seen; answered by `answer`.
    case offer(number: UInt64, [Endpoint])
    /// Where the other side is seen. The time until it comes is a round trip.
    case answer(number: UInt64, [Endpoint])
    /// The answerer calls now; the sender does half a round trip later.
    case go(number: UInt64)

    /// Addresses of one side: what each of two relays sees, of both versions.
    public static let endpointsMax = 4

    enum Kind {
        static let punch: UInt8 = 152
    }

    private enum Word {
        static let offer: UInt8 = 1
        static let answer: UInt8 = 2
        static let go: UInt8 = 3
    }

    func encode(to writer: inout Writer) {
        writer.write(Kind.punch)
        switch self {
        case .offer(let number, let endpoints):
            writer.write(Word.offer)
            writer.write(number)
            Endpoint.writeList(endpoints, to: &writer)
        case .answer(let number, let endpoints):
            writer.write(Word.answer)
            writer.write(number)
            Endpoint.writeList(endpoints, to: &writer)
        case .go(let number):
            writer.write(Word.go)
            writer.write(number)
        }
    }

    init?(_ kind: UInt8, from reader: inout Reader) throws(WireError) {
        guard kind == Kind.punch else { return nil }
        let word = try reader.readUInt8()
        let number = try reader.readUInt64()
        switch word {
        case Word.offer:
            self = .offer(
                number: number, try Endpoint.readList(from: &reader, limit: Self.endpointsMax))
        case Word.answer:
            self = .answer(
                number: number, try Endpoint.readList(from: &reader, limit: Self.endpointsMax))
        case Word.go: self = .go(number: number)
        default: throw .invalid("word about a punch")
        }
    }
}
