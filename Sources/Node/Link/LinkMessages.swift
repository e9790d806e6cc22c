import Host
import Swarm
import Wire

/// What the loop asks of a link lane.
enum LinkCommand: Sendable {
    /// Connect to the first endpoint that answers and shake hands.
    case dial(SessionNumber, Connection.DialFacts)
    /// Call from the port that this node listens on, as long as the peer does the same.
    case punch(SessionNumber, [Endpoint], Punch)
    /// Shake hands with who came in; as a punch decided, where it is one.
    case accepted(SessionNumber, Socket, Endpoint, Punch?)
    /// A circuit over a session of this lane ends here: make a channel over it.
    case openCircuit(CircuitEnd, CircuitChannel)
    /// A circuit is over.
    case endCircuit(CircuitEnd, reason: String)
    /// Shake hands over this end of a pair of sockets.
    case overCircuit(CircuitChannel, Socket, Endpoint, CircuitEnd)
    /// The circuit of a connection is over, and why.
    case fail(SessionNumber, reason: String)
    /// Send a control message.
    case send(SessionNumber, Message)
    /// Say goodbye and close once all is sent.
    case close(SessionNumber, reason: String)
    /// Ask for a group; its bytes are checked against the layer on arrival.
    case request(SessionNumber, GroupRequest, GroupLayer)
    /// Send the bytes of a group, the first `count` of the buffer, as they are or coded.
    case sendGroup(SessionNumber, request: UInt64, Buffer, GroupCoding? = nil)
    /// Forget the answer to a request if it has not begun to leave.
    case cancelServing(SessionNumber, request: UInt64)
    /// Close everything and end.
    case stop
}

/// What a link lane tells the loop.
enum LinkEvent: Sendable {
    /// A channel stands.
    case established(SessionNumber, SessionFacts, KnownPeer)
    /// A channel stands that carries groups for a session with the same node.
    case stripeEstablished(SessionNumber, SessionFacts)
    /// A dial came to nothing.
    case dialFailed(dial: UInt64, reason: String)
    /// What came of a probe.
    case probed(dial: UInt64, isReached: Bool)
    /// The channel over a circuit is over.
    case circuitEnded(CircuitEnd)
    /// A standing channel ended.
    case closed(SessionNumber, reason: String)
    /// A control message arrived.
    case message(SessionNumber, Message)
    /// A group arrived whose bytes do not match.
    case groupRefuted(SessionNumber, request: UInt64)
    /// The answer to a peer's request has left, or was dropped with 0 bytes.
    case served(SessionNumber, request: UInt64, byteCount: UInt64)
}

/// The channel that is to run over a circuit.
struct CircuitChannel: Sendable {
    /// Its number.
    let number: SessionNumber
    /// The relay.
    let relay: NodeKey
    /// Who must answer, or must be the one that calls.
    let peer: NodeKey
    /// The dial that this side began; nil where the peer did.
    let dial: UInt64?
    /// What is remembered of the peer.
    let known: KnownPeer?
}

/// A call that both sides make at once.
struct Punch: Sendable {
    /// Its number in the core.
    let dial: UInt64
    /// Who must be there.
    let expected: NodeKey
    /// Which side of the handshake is this one's.
    let isInitiator: Bool
    /// Monotonic nanoseconds of the first call.
    let begin: UInt64
    /// Monotonic nanoseconds after which there is none.
    let end: UInt64
}

/// A group that arrived, on its way to the store.
enum GroupArrival: Sendable {
    /// It is what was asked for.
    case proven(VerifiedGroup)
    /// It came coded: whether it is that shows when it is decoded.
    case coded(CodedGroup)

    /// Where its bytes are.
    var buffer: Buffer {
        switch self {
        case .proven(let group): group.buffer
        case .coded(let group): group.buffer
        }
    }
}

/// A group that arrived and was proven, or a part of one with its path behind it.
struct VerifiedGroup: Sendable {
    let session: SessionNumber
    let request: GroupRequest
    let buffer: Buffer
    /// The values of the leaves that it has.
    let leafValues: [UInt8]
}

/// A group that arrived coded, in the first `count` bytes of the buffer.
struct CodedGroup: Sendable {
    let session: SessionNumber
    let request: GroupRequest
    let layer: GroupLayer
    let coding: GroupCoding
    let buffer: Buffer
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
