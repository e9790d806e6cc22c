import Wire

/// The network that an address is in, as far as one room, or one line, is likely to serve it: /24
/// of IPv4, /48 of IPv6. Copies in one of them are lost together. Only global addresses have one.
public struct Subnet: Hashable, Comparable, Sendable {
    /// The first bytes of the address as a number, with a bit for its version above them.
    let number: UInt64
    private let isSix: Bool

    /// The network of a global address; nil for any other.
    public init?(_ endpoint: Endpoint) {
        guard endpoint.reach == .global else { return nil }
        isSix = endpoint.bytes.count == 16
        number = endpoint.bytes.prefix(isSix ? 6 : 3).reduce(1) { $0 << 8 | UInt64($1) }
    }

    /// By number.
    public static func < (left: Subnet, right: Subnet) -> Bool { left.number < right.number }

    /// As people write it, such as `192.0.2.0/24`.
    public var text: String {
        let count = isSix ? 6 : 3
        let bytes = (0..<count).map { number >> UInt64(8 * (count - 1 - $0)) & 255 }
        guard isSix else { return bytes.map { "\($0)" }.joined(separator: ".") + ".0/24" }
        let words = stride(from: 0, to: 6, by: 2).map { bytes[$0] << 8 | bytes[$0 + 1] }
        return words.map { String($0, radix: 16) }.joined(separator: ":") + "::/48"
    }
}
