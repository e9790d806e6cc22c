import Testing
import Wire

@testable import Swarm

extension Driver {
    /// A core whose owner relays.
    static func relay(_ seed: UInt8, _ offer: RelayOffer = RelayOffer()) -> Driver {
        var driver = Driver(seed)
        var settings = Settings(
            node: driver.key.publicKey, label: "relay", endpoints: [address(seed, [80, seed, 1])],
            software: "test", seed: 7)
        settings.relay = offer
        driver.core = Swarm(settings)
        return driver
    }

    /// A core at a private address.
    static func hidden(_ seed: UInt8) -> Driver {
        var driver = Driver(seed)
        driver.core = Swarm(
            Settings(
                node: driver.key.publicKey, label: "hidden",
                endpoints: [address(seed, [192, 168, 1])], software: "test", seed: 7))
        return driver
    }

    /// A session with the peer of a seed, at a global address of its own, that introduced itself.
    @discardableResult
    mutating func meet(
        _ number: SessionNumber, _ seed: UInt8, isInitiator: Bool = true, dial: UInt64? = nil,
        isRelay: Bool = true, path: SessionPath = .direct, listens: [Endpoint] = []
    ) -> [Effect] {
        let facts = SessionFacts(
            peer: Self.key(seed).publicKey, endpoint: Self.address(seed, [80, seed, 1]),
            isInitiator: isInitiator, dial: dial, path: path)
        let features =
            Introduction.neighbours | Introduction.reach | (isRelay ? Introduction.relays : 0)
        return feed(.sessionOpened(number, facts))
            + hear(
                number,
                .introduction(
                    Introduction(
                        features: features, endpoints: listens,
                        observed: Self.address(99, [70, 1, 1]), label: "", software: "",
                        wallMilliseconds: moment.wall)))
    }

    /// A node record of a node that cannot be called, which names relays of these seeds.
    static func hiddenRecord(_ seed: UInt8, relays: [UInt8]) throws -> Record {
        var content = NodeContent(
            endpoints: [address(seed, [192, 168, 1])], services: [.catalogue, .blobs])
        content.reach = .unreachable
        content.relays = relays.map {
            PeerAddress(key: key($0).publicKey, endpoints: [address($0, [80, $0, 1])])
        }
        return try record(seed, .node(content))
    }
}

extension [Effect] {
    /// Words about relaying that were sent, with their sessions.
    var relayed: [(session: SessionNumber, word: RelayMessage)] {
        compactMap { effect in
            if case .send(let number, .relay(let word)) = effect { (number, word) } else { nil }
        }
    }

    var fromPort: [(dial: UInt64, endpoints: [Endpoint], key: NodeKey?)] {
        compactMap { effect in
            if case .dialFromPort(let dial, let endpoints, let key) = effect {
                (dial, endpoints, key)
            } else {
                nil
            }
        }
    }
}
