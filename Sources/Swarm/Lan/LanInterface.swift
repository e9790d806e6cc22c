import Wire

/// One address of one network interface of this machine, as the shell found it.
public struct LanInterface: Equatable, Sendable {
    /// The system's number of the interface.
    public let number: UInt32
    /// Its name, for people.
    public let name: String
    /// The address, with port 0.
    public let address: Endpoint
    /// Bits of the address that name the network it is in.
    public let prefixBits: Int
    /// Whether a datagram can be sent to all machines behind it: by broadcast for an IPv4 address,
    /// by multicast for IPv6. Loopback and interfaces that are down cannot.
    public let reachesAll: Bool

    /// An address of an interface.
    public init(
        number: UInt32, name: String, address: Endpoint, prefixBits: Int, reachesAll: Bool
    ) {
        self.number = number
        self.name = name
        self.address = address
        self.prefixBits = prefixBits
        self.reachesAll = reachesAll
    }

    /// Its name for people, apart from that of the other version's addresses.
    public var label: String { address.bytes.count == 4 ? name : name + " (IPv6)" }

    /// Whether beacons may leave from this address when the node listens at `listener`: the
    /// address is private, and a peer that dials it finds the node.
    public func carriesBeacons(of listener: Endpoint) -> Bool {
        reachesAll && address.isPrivate && isAnswered(by: listener)
    }

    /// Whether a listener answers at this address: at all of one version where it is unspecified
    /// (`::` takes IPv4 too), else at its own.
    private func isAnswered(by listener: Endpoint) -> Bool {
        guard listener.bytes.allSatisfy({ $0 == 0 }) else { return listener.bytes == address.bytes }
        return listener.bytes.count == 16 || address.bytes.count == 4
    }

    /// Whether a datagram that came in by interface `number` comes from this address's network.
    func isNear(_ source: Endpoint, arrivedBy number: UInt32) -> Bool {
        guard number == self.number, source.bytes.count == address.bytes.count else { return false }
        for (index, byte) in source.bytes.enumerated() {
            let bits = min(8, max(0, prefixBits - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xff00 >> bits)
            if (byte ^ address.bytes[index]) & mask != 0 { return false }
        }
        return true
    }
}
