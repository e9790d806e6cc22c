/// Where a node listens: an IP address with a TCP and UDP port, in network byte order.
public struct Endpoint: Hashable, Sendable {
    /// How far an address reaches, which decides to whom it may be told and who may dial it.
    public enum Reach: Int, Comparable, Sendable {
        /// This machine only (127/8, ::1 and the unspecified address).
        case loopback
        /// One cable or radio cell (169.254/16, fe80::/10).
        case linkLocal
        /// One site (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7).
        case site
        /// Everywhere.
        case global
        /// Cloud metadata services, multicast and broadcast: never dialled.
        case forbidden

        /// Nearer is less.
        public static func < (left: Reach, right: Reach) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// 4 or 16 bytes.
    public let bytes: [UInt8]
    /// The port.
    public let port: UInt16
    /// This machine's number of the interface that a link-local IPv6 address is behind; 0 where it
    /// is not known or not needed. Never written: on another machine it means nothing (RFC 4007
    /// §6).
    public private(set) var zone: UInt32 = 0

    /// An endpoint from 4 or 16 bytes; nil for any other count.
    public init?(bytes: [UInt8], port: UInt16, zone: UInt32 = 0) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
        self.port = port
        if isLinkLocalOfVersion6 { self.zone = zone }
    }

    private var isLinkLocalOfVersion6: Bool {
        bytes.count == 16 && bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80
    }

    /// The same, on the link of `other`: whoever tells a link-local address over a link-local
    /// session means one on that link.
    public func onLink(of other: Endpoint) -> Endpoint {
        guard isLinkLocalOfVersion6, zone == 0 else { return self }
        var found = self
        found.zone = other.zone
        return found
    }

    /// The same address with another port.
    public func with(port: UInt16) -> Endpoint {
        Endpoint(bytes: bytes, port: port, zone: zone) ?? self
    }

    /// How far the address reaches (IANA special-purpose registries, RFC 6890).
    public var reach: Reach {
        bytes.count == 4 ? reachOfVersion4 : reachOfVersion6
    }

    private var reachOfVersion4: Reach {
        switch (bytes[0], bytes[1]) {
        case (127, _), (0, _): .loopback
        case (169, 254): bytes[2] == 169 && bytes[3] == 254 ? .forbidden : .linkLocal
        case (10, _), (192, 168), (172, 16...31), (100, 64...127): .site
        case (224...255, _): .forbidden
        default: .global
        }
    }

    private var reachOfVersion6: Reach {
        if bytes.dropLast().allSatisfy({ $0 == 0 }) { return .loopback }
        if isTranslated { return .forbidden }
        let metadata: [UInt8] = [0xfd, 0x00, 0x0e, 0xc2]
        switch bytes[0] {
        case 0xff: return .forbidden
        case 0xfc, 0xfd:
            let isMetadata = bytes.starts(with: metadata) && bytes.suffix(2) == [0x02, 0x54]
            return isMetadata ? .forbidden : .site
        case 0xfe where bytes[1] & 0xc0 == 0x80: return .linkLocal
        default: return .global
        }
    }

    /// IPv4 inside IPv6 (mapped, NAT64, 6to4): the near address inside must not pass for a global
    /// one, and whoever means IPv4 writes IPv4.
    private var isTranslated: Bool {
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        let translated: [UInt8] = [0x00, 0x64, 0xff, 0x9b]
        return bytes.starts(with: mapped) || bytes.starts(with: translated)
            || bytes.starts(with: [0x20, 0x02])
            || bytes.starts(with: [UInt8](repeating: 0, count: 12))
    }

    /// Whether the address belongs to a private network or a link, where machines tell each other
    /// of themselves (RFC 1918, RFC 3927, RFC 4193, RFC 4291 §2.5.6). The space that carriers share
    /// among their customers (100.64/10, RFC 6598) is of one site and not private.
    public var isPrivate: Bool {
        switch reach {
        case .linkLocal: true
        case .site: bytes.count == 16 || bytes[0] != 100
        case .loopback, .global, .forbidden: false
        }
    }

    /// Whether an address heard over a session from `source` may be dialled: global ones always,
    /// nearer ones only if the session itself comes from the same range, forbidden ones never.
    public func mayBeDialled(heardFrom source: Reach) -> Bool {
        switch reach {
        case .forbidden: false
        case .global: true
        case .loopback, .linkLocal, .site: reach == source
        }
    }

    /// Appends the count of address bytes, the address and the port.
    public func encode(to writer: inout Writer) {
        writer.write(UInt8(bytes.count))
        writer.write(bytes)
        writer.write(port)
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout Reader) throws(WireError) {
        let count = Int(try reader.readUInt8())
        guard count == 4 || count == 16 else { throw .invalid("address") }
        bytes = try reader.readBytes(count)
        port = try reader.readUInt16()
    }

    /// Reads a counted list of at most `limit` endpoints.
    static func readList(from reader: inout Reader, limit: Int) throws(WireError) -> [Endpoint] {
        let count = try reader.readCount(limit: limit, "addresses")
        var list: [Endpoint] = []
        for _ in 0..<count { list.append(try Endpoint(from: &reader)) }
        return list
    }

    /// Writes a counted list.
    static func writeList(_ list: [Endpoint], to writer: inout Writer) {
        writer.writeVarint(UInt64(list.count))
        for endpoint in list { endpoint.encode(to: &writer) }
    }
}
