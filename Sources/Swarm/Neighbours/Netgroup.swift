import Wire

/// The part of the Internet that an address is in, as far as one party is likely to rule it: /16 of
/// IPv4, /32 of IPv6. Only global addresses have one: many machines behind one router are normal.
package struct Netgroup: Hashable, Comparable, Sendable {
    /// The first bytes of the address as a number, with a bit for its version above them.
    let number: UInt64

    /// The group of a global address; nil for any other.
    package init?(_ endpoint: Endpoint) {
        guard endpoint.reach == .global else { return nil }
        let isSix = endpoint.bytes.count == 16
        let head = endpoint.bytes.prefix(isSix ? 4 : 2)
        number = head.reduce(isSix ? 1 : 2) { $0 << 8 | UInt64($1) }
    }

    /// By number.
    package static func < (left: Netgroup, right: Netgroup) -> Bool { left.number < right.number }
}
