import Swarm
import Wire

extension World {
    /// The network that all nodes are in.
    package static let network: BeaconNetwork = {
        guard let id = Digest(bytes: Sodium.blake2b(Array("simulation".utf8), count: 32)) else {
            preconditionFailure("32 bytes")
        }
        return BeaconNetwork(id: id)
    }()
}

extension SimulatedNode {
    /// Where it hears datagrams, on the machine that all share.
    package var datagramPlace: Endpoint { Self.datagramPlace(endpoint) }

    /// Apart from where it takes calls: a node's number is no good port when it is 0.
    static func datagramPlace(_ endpoint: Endpoint) -> Endpoint {
        endpoint.with(port: endpoint.port + 10_000)
    }

    /// Carries out what the core wants done about datagrams; false for anything else.
    func performDatagrams(_ effect: Effect, in world: World) -> Bool {
        switch effect {
        case .offerDatagrams(let session):
            let offer = chooseKey(for: session)
            desk?.hear(session, by: offer)
            world.answer(index, .datagramsOffered(session, offer))
        case .useDatagrams(let session, let offer): desk?.seal(session, by: offer)
        case .endDatagrams(let session): desk?.end(session)
        case .sendDatagram(let session, let message, let target):
            var datagram = [UInt8](repeating: 0, count: DatagramKind.bytesMax)
            guard let count = desk?.write(message, for: session, into: &datagram) else { break }
            world.send(datagram: Array(datagram[..<count]), from: index, to: target)
        case .askSeen(let target):
            let text = "question \(seed) \(life) \(world.now)"
            let number = Sodium.blake2b(Array(text.utf8), count: ColdQuestion.wordBytes)
            guard let question = desk?.ask(target, number: number, at: world.now) else { break }
            world.send(datagram: question, from: index, to: target)
        default: return false
        }
        return true
    }

    /// From the seed, for each session by itself: what is said over one moves no other.
    private func chooseKey(for session: SessionNumber) -> DatagramOffer {
        keysChosen[session, default: 0] += 1
        let text = "offer \(seed) \(life) \(session) \(keysChosen[session] ?? 0)"
        let bytes = Sodium.blake2b(Array(text.utf8), count: 40)
        let channel = bytes[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return DatagramOffer(channel: channel, key: Array(bytes[8...]), port: datagramPlace.port)
    }

    /// A datagram arrived.
    func hear(datagram bytes: [UInt8], from source: Endpoint, in world: World) {
        switch desk?.take(bytes, count: bytes.count, at: world.now, from: { source }) {
        case .message(let session, let message):
            world.feed(index, .datagram(session, message, from: source))
        case .reply(let answer): world.send(datagram: answer, from: index, to: source)
        case .seen(let place, let other): world.feed(index, .seen(place, by: other))
        case .nothing, nil: break
        }
    }
}
