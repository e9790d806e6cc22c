import CLinux
import Glibc

/// An IP address with a port.
public struct Address: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes.
    public let bytes: [UInt8]
    /// TCP or UDP port.
    public let port: UInt16
    /// The number of the interface that a link-local IPv6 address is behind; 0 for any other
    /// address, and where it is not known.
    public let zone: UInt32

    /// An address from 4 or 16 bytes; nil for any other count. IPv4 mapped into IPv6 becomes
    /// IPv4, so that one host has one address.
    public init?(bytes: [UInt8], port: UInt16, zone: UInt32 = 0) {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        switch bytes.count {
        case 4: self.bytes = bytes
        case 16: self.bytes = bytes.starts(with: mapped) ? Array(bytes[12...]) : bytes
        default: return nil
        }
        self.port = port
        let isOfLink = bytes.count == 16 && bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80
        self.zone = isOfLink ? zone : 0
    }

    /// An address from `1.2.3.4:5`, `[::1]:5` or `[fe80::1%eth0]:5`; nil for anything else, also
    /// host names and names of interfaces that are not there.
    public init?(_ text: String) {
        guard let (full, port) = Self.split(text) else { return nil }
        let parts = full.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        let host = String(parts[0])
        var zone: UInt32 = 0
        if parts.count == 2 {
            zone = if_nametoindex(String(parts[1]))
            guard zone != 0 else { return nil }
        }
        var space = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, host, &space) == 1 {
            guard zone == 0 else { return nil }
            self.init(bytes: Array(space[..<4]), port: port)
        } else if inet_pton(AF_INET6, host, &space) == 1 {
            self.init(bytes: space, port: port, zone: zone)
            guard zone == self.zone else { return nil }
        } else {
            return nil
        }
    }

    /// Host and port of `host:port` or `[host]:port`; nil if the form or the port is wrong.
    public static func split(_ text: String) -> (host: String, port: UInt16)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        guard let port = UInt16(text[text.index(after: colon)...]) else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("[") && host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        return host.isEmpty ? nil : (String(host), port)
    }

    /// The addresses of `host:port`, asking the resolver when the host is a name. Blocks.
    public static func resolve(_ text: String) -> [Address] {
        if let address = Address(text) { return [address] }
        guard let (host, port) = split(text) else { return [] }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var result: [Address] = []
        var next = list
        while let entry = next?.pointee {
            var storage = sockaddr_storage()
            if let source = entry.ai_addr {
                memcpy(&storage, source, min(Int(entry.ai_addrlen), 128))
            }
            if let address = Address(storage),
                let full = Address(bytes: address.bytes, port: port, zone: address.zone),
                !result.contains(full)
            {
                result.append(full)
            }
            next = entry.ai_next
        }
        return result
    }

    init?(_ storage: sockaddr_storage) {
        var storage = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            let (bytes, port) = withUnsafeBytes(of: &storage) { space in
                (Array(space[4..<8]), UInt16(space[2]) << 8 | UInt16(space[3]))
            }
            self.init(bytes: bytes, port: port)
        case AF_INET6:
            let (bytes, port, zone) = withUnsafeBytes(of: &storage) { space in
                (
                    Array(space[8..<24]), UInt16(space[2]) << 8 | UInt16(space[3]),
                    space.load(fromByteOffset: 24, as: UInt32.self)
                )
            }
            self.init(bytes: bytes, port: port, zone: zone)
        default: return nil
        }
    }

    var storage: (sockaddr_storage, socklen_t) {
        var storage = sockaddr_storage()
        storage.ss_family = sa_family_t(bytes.count == 4 ? AF_INET : AF_INET6)
        let offset = bytes.count == 4 ? 4 : 8
        withUnsafeMutableBytes(of: &storage) { space in
            space[2] = UInt8(port >> 8)
            space[3] = UInt8(port & 255)
            for (index, byte) in bytes.enumerated() { space[offset + index] = byte }
            if bytes.count == 16 { space.storeBytes(of: zone, toByteOffset: 24, as: UInt32.self) }
        }
        return (storage, bytes.count == 4 ? 16 : 28)
    }

    var family: Int32 { bytes.count == 4 ? AF_INET : AF_INET6 }

    /// Whether every interface is meant (0.0.0.0 or ::).
    public var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

    /// `1.2.3.4:5`, `[::1]:5` or `[fe80::1%eth0]:5`.
    public var description: String {
        if bytes.count == 4 {
            return bytes.map(String.init).joined(separator: ".") + ":\(port)"
        }
        var text = [CChar](repeating: 0, count: 64)
        inet_ntop(AF_INET6, bytes, &text, 64)
        let end = text.firstIndex(of: 0) ?? text.count
        let host = String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "[\(host)\(zoneText)]:\(port)"
    }

    /// The zone as RFC 4007 §11 writes it: the name, which a restart does not change.
    private var zoneText: String {
        guard zone != 0 else { return "" }
        var text = [CChar](repeating: 0, count: Int(IF_NAMESIZE))
        guard if_indextoname(zone, &text) != nil else { return "" }
        let end = text.firstIndex(of: 0) ?? text.count
        return "%" + String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
