import Swarm
import Wire

extension World {
    /// Where a node is.
    package struct Place {
        /// On one machine with the others, each at a port of its own.
        package static let thisMachine = Place(isOfNetwork: false)

        /// Whether it has an address of its own in the network, each in another part of it.
        let isOfNetwork: Bool
        /// The router that it is behind.
        var nat: SimulatedNat?
        /// What it relays for others.
        var relay: RelayOffer?

        /// At an address that everybody can call, and what it relays there.
        package static func open(relay: RelayOffer? = nil) -> Place {
            Place(isOfNetwork: true, relay: relay)
        }

        /// Behind a router.
        package static func behind(_ kind: SimulatedNat.Kind) -> Place {
            Place(isOfNetwork: true, nat: SimulatedNat(kind))
        }

        /// Where it listens, and where the network sees it.
        func endpoints(of index: Int) -> (own: Endpoint, outside: Endpoint) {
            let first = UInt8(20 + index / 250)
            let second = UInt8(index % 250)
            guard let machine = Endpoint(bytes: [127, 0, 0, 1], port: UInt16(index)),
                let network = Endpoint(bytes: [first, second, 1, 1], port: World.port),
                let near = Endpoint(bytes: [192, 168, second, 2], port: World.port)
            else { preconditionFailure("4 bytes make an address") }
            guard isOfNetwork else { return (machine, machine) }
            return (nat == nil ? network : near, network)
        }
    }
}
