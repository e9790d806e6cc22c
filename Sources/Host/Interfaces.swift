import CLinux
import Glibc

/// The machine's network interfaces.
public enum Interfaces {
    /// Addresses of all interfaces that are up, with `port`, in the system's order.
    public static func addresses(port: UInt16) -> [Address] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var result: [Address] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard let source = entry.ifa_addr, entry.ifa_flags & UInt32(IFF_UP) != 0
            else { continue }
            var storage = sockaddr_storage()
            switch Int32(source.pointee.sa_family) {
            case AF_INET: memcpy(&storage, source, MemoryLayout<sockaddr_in>.size)
            case AF_INET6: memcpy(&storage, source, MemoryLayout<sockaddr_in6>.size)
            default: continue
            }
            guard let found = Address(storage),
                let address = Address(bytes: found.bytes, port: port), !result.contains(address)
            else { continue }
            result.append(address)
        }
        return result
    }
}
