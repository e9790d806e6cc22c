import CLinux
import Glibc

/// The machine's network interfaces.
public enum Interfaces {
    /// One address of one interface.
    public struct Entry: Equatable, Sendable {
        /// The interface's name.
        public let name: String
        /// The interface's number; never 0.
        public let number: UInt32
        /// The address, with port 0.
        public let address: Address
        /// Bits of the address that name its network.
        public let prefixBits: Int
        /// Whether the address is this machine's alone.
        public let isLoopback: Bool
        /// Whether a datagram to all machines behind the interface can leave from the address: by
        /// broadcast for IPv4, by multicast for IPv6.
        public let reachesAll: Bool
    }

    /// Addresses of all interfaces that are up, in the system's order; none where the system does
    /// not say.
    public static func entries() -> [Entry] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var result: [Entry] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard entry.ifa_flags & UInt32(IFF_UP) != 0, let address = address(entry.ifa_addr)
            else { continue }
            let isLoopback = entry.ifa_flags & UInt32(IFF_LOOPBACK) != 0
            let manner = address.bytes.count == 4 ? IFF_BROADCAST : IFF_MULTICAST
            let number = if_nametoindex(entry.ifa_name)
            // Gone between two calls.
            guard number != 0 else { continue }
            result.append(
                Entry(
                    name: String(cString: entry.ifa_name), number: number, address: address,
                    prefixBits: prefixBits(entry.ifa_netmask, of: address),
                    isLoopback: isLoopback,
                    reachesAll: !isLoopback && entry.ifa_flags & UInt32(manner) != 0))
        }
        return result
    }

    /// Addresses of all interfaces that are up, with `port`, each once, in the system's order.
    public static func addresses(port: UInt16) -> [Address] {
        var result: [Address] = []
        for entry in entries() {
            guard
                let address = Address(
                    bytes: entry.address.bytes, port: port, zone: entry.address.zone),
                !result.contains(address)
            else { continue }
            result.append(address)
        }
        return result
    }

    private static func address(_ source: UnsafeMutablePointer<sockaddr>?) -> Address? {
        guard let source else { return nil }
        var storage = sockaddr_storage()
        switch Int32(source.pointee.sa_family) {
        case AF_INET: memcpy(&storage, source, MemoryLayout<sockaddr_in>.size)
        case AF_INET6: memcpy(&storage, source, MemoryLayout<sockaddr_in6>.size)
        default: return nil
        }
        return Address(storage)
    }

    private static func prefixBits(
        _ mask: UnsafeMutablePointer<sockaddr>?, of address: Address
    ) -> Int {
        guard let mask = Self.address(mask) else { return address.bytes.count * 8 }
        return mask.bytes.reduce(0) { $0 + $1.nonzeroBitCount }
    }
}
