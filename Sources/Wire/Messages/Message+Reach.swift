/// Messages by which nodes behind routers and firewalls are reached.
extension Message {
    func writeReach(to writer: inout Writer) -> Bool {
        switch self {
        case .reach(let message): message.encode(to: &writer)
        case .relay(let message): message.encode(to: &writer)
        case .punch(let message): message.encode(to: &writer)
        case .datagrams(let offer):
            writer.write(Kind.datagrams)
            offer.encode(to: &writer)
        default: return false
        }
        return true
    }

    static func readReach(_ kind: UInt8, _ reader: inout Reader) throws(WireError) -> Message? {
        if let message = try ReachMessage(kind, from: &reader) { return .reach(message) }
        if let message = try RelayMessage(kind, from: &reader) { return .relay(message) }
        if kind == Kind.datagrams { return .datagrams(try DatagramOffer(from: &reader)) }
        return try PunchMessage(kind, from: &reader).map { .punch($0) }
    }
}
