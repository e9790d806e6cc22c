/// The first byte of every datagram but beacons, which begin with `P`.
public enum DatagramKind: UInt8, Sendable {
    /// A message of a session, sealed (`DatagramSealer`).
    case sealed = 0xd1
    /// Asks a node that is not known yet (`ColdQuestion`).
    case question = 0xd2
    /// Answers a question that showed no cookie with one.
    case cookie = 0xd3
    /// Answers a question that showed a cookie.
    case answer = 0xd4

    /// Bytes of a datagram at most: what passes every path of the internet whole (the least MTU of
    /// IPv6 is 1,280, RFC 8200 §5, and tunnels take some). None is ever sent in fragments.
    public static let bytesMax = 1_200
}
