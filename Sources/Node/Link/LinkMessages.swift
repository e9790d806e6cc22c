import Host
import Swarm
import Wire

/// What the loop asks of a link lane.
enum LinkCommand: Sendable {
    /// Connect to the first endpoint that answers and shake hands.
    case dial(
        SessionNumber, dial: UInt64, endpoints: [Endpoint], expected: NodeKey?, known: KnownPeer?)
    /// Shake hands with who came in.
    case accepted(SessionNumber, Socket, Endpoint)
    /// Send a control message.
    case send(SessionNumber, Message)
    /// Say goodbye and close once all is sent.
    case close(SessionNumber, reason: String)
    /// Ask for a group; its bytes are checked against the layer on arrival.
    case request(SessionNumber, GroupRequest, GroupLayer)
    /// Send the bytes of a group, the first `count` of the buffer.
    case sendGroup(SessionNumber, request: UInt64, Buffer)
    /// Forget the answer to a request if it has not begun to leave.
    case cancelServing(SessionNumber, request: UInt64)
    /// Close everything and end.
    case stop
}

/// What a link lane tells the loop.
enum LinkEvent: Sendable {
    /// A channel stands.
    case established(SessionNumber, SessionFacts, KnownPeer)
    /// A dial came to nothing.
    case dialFailed(dial: UInt64, reason: String)
    /// A standing channel ended.
    case closed(SessionNumber, reason: String)
    /// A control message arrived.
    case message(SessionNumber, Message)
    /// A group arrived whose bytes do not match.
    case groupRefuted(SessionNumber, request: UInt64)
    /// The answer to a peer's request has left, or was dropped with 0 bytes.
    case served(SessionNumber, request: UInt64, byteCount: UInt64)
}

/// A group that arrived and was proven, on its way to the store.
struct VerifiedGroup: Sendable {
    let session: SessionNumber
    let request: GroupRequest
    let buffer: Buffer
    let leafValues: [UInt8]
}

extension Endpoint {
    init?(_ address: Address) {
        self.init(bytes: address.bytes, port: address.port, zone: address.zone)
    }
}

extension Address {
    init?(_ endpoint: Endpoint) {
        self.init(bytes: endpoint.bytes, port: endpoint.port, zone: endpoint.zone)
    }
}
