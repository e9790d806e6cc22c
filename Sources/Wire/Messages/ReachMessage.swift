/// What two nodes say to find out whether one of them can be called from outside.
public enum ReachMessage: Equatable, Sendable {
    /// What came of a call.
    public enum Outcome: UInt8, Sendable {
        /// The asker's key answered there.
        case reached = 1
        /// Nobody answered, or somebody else.
        case missed = 2
        /// The peer calls nobody now; nothing was tried.
        case notNow = 3
    }

    /// Asks the peer to call the address that it sees the sender at, at a port that the sender's
    /// introduction named.
    case callBack(number: UInt64, port: UInt16)
    /// Answers `callBack`.
    case called(number: UInt64, Outcome)

    enum Kind {
        static let callBack: UInt8 = 148
        static let called: UInt8 = 149
        static let all: Set<UInt8> = [callBack, called]
    }

    func encode(to writer: inout Writer) {
        switch self {
        case .callBack(let number, let port):
            writer.write(Kind.callBack)
            writer.write(number)
            writer.write(port)
        case .called(let number, let outcome):
            writer.write(Kind.called)
            writer.write(number)
            writer.write(outcome.rawValue)
        }
    }

    init?(_ kind: UInt8, from reader: inout Reader) throws(WireError) {
        switch kind {
        case Kind.callBack:
            self = .callBack(number: try reader.readUInt64(), port: try reader.readUInt16())
        case Kind.called:
            let number = try reader.readUInt64()
            guard let outcome = Outcome(rawValue: try reader.readUInt8()) else {
                throw .invalid("outcome of a call")
            }
            self = .called(number: number, outcome)
        default: return nil
        }
    }
}
