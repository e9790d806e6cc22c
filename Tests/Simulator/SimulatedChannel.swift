import Swarm
import Wire

/// The channel that a node runs over a relay's circuit: as much of it as the world needs, messages
/// cut into a stream of bytes within the windows of circuits.
package struct SimulatedChannel: Sendable {
    /// What a frame of the stream holds.
    enum Frame {
        /// The key of who says it; first from the side that opened the circuit, then back.
        case hello(NodeKey)
        case message(Message)
        case data(request: UInt64, [UInt8])
    }

    /// The session that it is.
    let session: SessionNumber
    /// The dial, where this side opened it.
    let dial: UInt64?
    /// Whether both sides have said who they are.
    var isStanding = false
    /// Bytes that wait to be sent.
    private(set) var outgoing: [UInt8] = []
    private var allowed = Int(RelayMessage.window)
    private var incoming: [UInt8] = []
    private var taken = 0

    init(session: SessionNumber, dial: UInt64?) { (self.session, self.dial) = (session, dial) }

    mutating func queue(_ frame: Frame) {
        var writer = Writer()
        switch frame {
        case .hello(let key):
            writer.write(UInt8(0))
            writer.write(key)
        case .message(let message):
            writer.write(UInt8(1))
            writer.write(message.bytes)
        case .data(let request, let bytes):
            writer.write(UInt8(2))
            writer.write(request)
            writer.write(bytes)
        }
        var head = Writer()
        head.write(UInt64(writer.bytes.count))
        outgoing += head.bytes + writer.bytes
    }

    /// Chunks that may go now.
    mutating func chunks() -> [[UInt8]] {
        var chunks: [[UInt8]] = []
        while allowed > 0, !outgoing.isEmpty {
            let chunk = Array(outgoing.prefix(min(allowed, RelayMessage.chunkMax)))
            outgoing.removeFirst(chunk.count)
            allowed -= chunk.count
            chunks.append(chunk)
        }
        return chunks
    }

    mutating func allow(_ count: UInt64) { allowed += Int(count) }

    /// Takes bytes: whole frames, and how many bytes more the other side may send.
    mutating func take(_ bytes: [UInt8]) -> (frames: [Frame], allowed: UInt64) {
        incoming += bytes
        taken += bytes.count
        var frames: [Frame] = []
        while let frame = nextFrame() { frames.append(frame) }
        guard taken >= Int(RelayMessage.window) / 4 else { return (frames, 0) }
        defer { taken = 0 }
        return (frames, UInt64(taken))
    }

    private mutating func nextFrame() -> Frame? {
        guard incoming.count >= 8 else { return nil }
        let count = Int(incoming.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        guard incoming.count >= 8 + count, count > 0 else { return nil }
        let body = Array(incoming[8..<8 + count])
        incoming.removeFirst(8 + count)
        let rest = Array(body.dropFirst())
        switch body[0] {
        case 0: return NodeKey(bytes: rest).map { .hello($0) }
        case 1: return (try? Message(bytes: rest)).map { .message($0) }
        default:
            let request = rest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return .data(request: request, Array(rest.dropFirst(8)))
        }
    }
}

extension SimulatedNode {
    /// Carries out what the core wants done about circuits; false for anything else.
    func performCircuit(_ effect: Effect, in world: World) -> Bool {
        switch effect {
        case .dialThrough(let dial, let end, _):
            open(end, dial: dial)
            channels[end]?.queue(.hello(key.publicKey))
            flush(end, in: world)
        case .answerThrough(let end, _): open(end, dial: nil)
        case .endCircuit(let end, let reason): drop(end, reason, in: world)
        default: return false
        }
        return true
    }

    private func open(_ end: CircuitEnd, dial: UInt64?) {
        let channel = SimulatedChannel(session: nextSession(), dial: dial)
        channels[end] = channel
        circuits[channel.session] = end
    }

    /// Sends what the window allows.
    func flush(_ end: CircuitEnd, in world: World) {
        for chunk in channels[end]?.chunks() ?? [] {
            world.send(
                .relay(.bytes(circuit: end.circuit, chunk)),
                from: .init(node: index, session: end.session))
        }
    }

    /// Puts a frame on its way over a circuit.
    func send(_ frame: SimulatedChannel.Frame, over end: CircuitEnd, in world: World) {
        channels[end]?.queue(frame)
        flush(end, in: world)
    }

    /// Takes a word of a relay about a circuit that ends here; false where none does.
    func hear(_ word: RelayMessage, over session: SessionNumber, in world: World) -> Bool {
        switch word {
        case .bytes(let circuit, let bytes):
            let end = CircuitEnd(session: session, circuit: circuit)
            guard channels[end] != nil, let (frames, allowed) = channels[end]?.take(bytes) else {
                return false
            }
            if allowed > 0 {
                world.send(
                    .relay(.allow(circuit: circuit, bytes: allowed)),
                    from: .init(node: index, session: session))
            }
            for frame in frames { take(frame, over: end, in: world) }
        case .allow(let circuit, let count):
            let end = CircuitEnd(session: session, circuit: circuit)
            guard channels[end] != nil else { return false }
            channels[end]?.allow(count)
            flush(end, in: world)
        default: return false
        }
        return true
    }

    private func take(
        _ frame: SimulatedChannel.Frame, over end: CircuitEnd, in world: World
    ) {
        guard let channel = channels[end] else { return }
        switch frame {
        case .hello(let peer):
            guard !channel.isStanding,
                let relay = world.peer(of: .init(node: index, session: end.session))
            else { return }
            channels[end]?.isStanding = true
            if channel.dial == nil { send(.hello(key.publicKey), over: end, in: world) }
            let facts = SessionFacts(
                peer: peer, endpoint: world.nodes[relay].endpoint,
                isInitiator: channel.dial != nil, dial: channel.dial,
                path: .relayed(by: world.nodes[relay].key.publicKey, end))
            world.feed(index, .sessionOpened(channel.session, facts))
        case .message(let message): world.feed(index, .message(channel.session, message))
        case .data(let request, let bytes):
            arrived(bytes, session: channel.session, request: request, in: world)
        }
    }

    /// The core closed a session that runs over a circuit; false where it does not.
    func closeChannel(_ session: SessionNumber, _ reason: String, in world: World) -> Bool {
        guard let end = circuits[session] else { return false }
        drop(end, reason, in: world)
        world.answer(index, .circuitEnded(end))
        return true
    }

    private func drop(_ end: CircuitEnd, _ reason: String, in world: World) {
        guard let channel = channels.removeValue(forKey: end) else { return }
        circuits[channel.session] = nil
        if channel.isStanding {
            world.answer(index, .sessionClosed(channel.session, reason: reason))
        } else if let dial = channel.dial {
            world.answer(index, .dialFailed(dial: dial, reason: reason))
        }
    }
}
