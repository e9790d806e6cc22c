/// What a relay and its two clients say: a node that cannot be called from outside is reached by
/// circuits, byte streams that the relay passes on between two sessions. Inside runs an ordinary
/// channel from end to end, so the relay sees ciphertext and sizes only.
///
/// A circuit has one number for each of the two sessions. Who dialled the session picks even
/// numbers for circuits that it opens, the other side odd ones.
public enum RelayMessage: Equatable, Sendable {
    /// Why there is no place or circuit, or no longer one.
    public enum Reason: UInt8, Sendable {
        /// The other end closed it.
        case closed = 1
        /// The node relays for nobody, or not for peers that are relayed themselves.
        case notOffered = 2
        /// All places or circuits are taken.
        case full = 3
        /// This peer has as many as one may have, or asks too often.
        case tooMany = 4
        /// The node that is meant has no place at this relay.
        case absent = 5
        /// The bytes that the owner gives are used up.
        case spent = 6
        /// The node that is meant does not want it, or did not answer.
        case declined = 7
        /// A side sent more than it was allowed, or what makes no sense.
        case broken = 8
    }

    /// Asks for a place: to be reached by circuits as long as the session lasts.
    case reserve
    /// Grants it.
    case reserved
    /// Refuses a place (circuit 0) or a circuit.
    case refused(circuit: UInt64, Reason)
    /// Asks for a circuit to a node that has a place here.
    case connect(circuit: UInt64, to: NodeKey)
    /// Tells a node with a place that another opens a circuit to it.
    case incoming(circuit: UInt64, from: NodeKey)
    /// The circuit stands.
    case opened(circuit: UInt64)
    /// The circuit is over.
    case close(circuit: UInt64, Reason)
    /// The other side may send so many bytes more.
    case allow(circuit: UInt64, bytes: UInt64)
    /// Bytes of the channel inside: at least one, at most `chunkMax`.
    case bytes(circuit: UInt64, [UInt8])

    /// Bytes of one chunk: small enough that words of the session itself wait for a few of them
    /// only, large enough that their heads do not count.
    public static let chunkMax = 16 << 10
    /// Bytes that one side may have under way in a circuit: 10 MB a second at 50 ms. A relay keeps
    /// at most so much in each direction.
    public static let window: UInt64 = 512 << 10

    enum Kind {
        static let word: UInt8 = 150
        static let bytes: UInt8 = 151
        static let all: Set<UInt8> = [word, bytes]
    }

    private enum Word {
        static let reserve: UInt8 = 1
        static let reserved: UInt8 = 2
        static let refused: UInt8 = 3
        static let connect: UInt8 = 4
        static let incoming: UInt8 = 5
        static let opened: UInt8 = 6
        static let close: UInt8 = 7
        static let allow: UInt8 = 8
    }

    func encode(to writer: inout Writer) {
        if case .bytes(let circuit, let bytes) = self {
            writer.write(Kind.bytes)
            writer.writeVarint(circuit)
            writer.write(bytes)
            return
        }
        writer.write(Kind.word)
        switch self {
        case .reserve: writer.write(Word.reserve)
        case .reserved: writer.write(Word.reserved)
        case .refused(let circuit, let reason):
            writer.write(Word.refused)
            writer.writeVarint(circuit)
            writer.write(reason.rawValue)
        case .connect(let circuit, let key):
            writer.write(Word.connect)
            writer.writeVarint(circuit)
            writer.write(key)
        case .incoming(let circuit, let key):
            writer.write(Word.incoming)
            writer.writeVarint(circuit)
            writer.write(key)
        case .opened(let circuit):
            writer.write(Word.opened)
            writer.writeVarint(circuit)
        case .close(let circuit, let reason):
            writer.write(Word.close)
            writer.writeVarint(circuit)
            writer.write(reason.rawValue)
        case .allow(let circuit, let bytes):
            writer.write(Word.allow)
            writer.writeVarint(circuit)
            writer.writeVarint(bytes)
        case .bytes: break
        }
    }

    init?(_ kind: UInt8, from reader: inout Reader) throws(WireError) {
        switch kind {
        case Kind.word: self = try Self.readWord(from: &reader)
        case Kind.bytes:
            let circuit = try reader.readVarint()
            let count = reader.remaining
            guard count > 0 else { throw .truncated }
            guard count <= Self.chunkMax else { throw .tooLarge("chunk of a circuit") }
            self = .bytes(circuit: circuit, try reader.readBytes(count))
        default: return nil
        }
    }

    private static func readWord(from reader: inout Reader) throws(WireError) -> RelayMessage {
        let word = try reader.readUInt8()
        if word == Word.reserve { return .reserve }
        if word == Word.reserved { return .reserved }
        let circuit = try reader.readVarint()
        switch word {
        case Word.refused: return .refused(circuit: circuit, try readReason(from: &reader))
        case Word.connect: return .connect(circuit: circuit, to: try reader.readNodeKey())
        case Word.incoming: return .incoming(circuit: circuit, from: try reader.readNodeKey())
        case Word.opened: return .opened(circuit: circuit)
        case Word.close: return .close(circuit: circuit, try readReason(from: &reader))
        case Word.allow:
            let bytes = try reader.readVarint()
            guard bytes > 0, bytes <= window else { throw .invalid("allowance of a circuit") }
            return .allow(circuit: circuit, bytes: bytes)
        default: throw .invalid("word about relaying")
        }
    }

    private static func readReason(from reader: inout Reader) throws(WireError) -> Reason {
        guard let reason = Reason(rawValue: try reader.readUInt8()) else {
            throw .invalid("reason of a relay")
        }
        return reason
    }
}
