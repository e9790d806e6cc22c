import CLinux
import Glibc

/// Where datagrams are taken in one after the other: the same space for all of them, and an address
/// that is made into one only where it is asked for, so that a flood costs no memory.
public struct DatagramInbox: ~Copyable {
    /// The bytes of the last datagram, from the start; what lies behind it is of earlier ones.
    public private(set) var bytes: [UInt8]
    private var storage = sockaddr_storage()

    /// Space for datagrams of so many bytes; of longer ones the rest is lost.
    public init(limit: Int) {
        bytes = [UInt8](repeating: 0, count: limit)
    }

    /// Takes the next datagram; how many bytes it had, more than the limit for one that was longer;
    /// nil when none waits. A failure that the network reported for an earlier one is passed over.
    public mutating func take(from socket: DatagramSocket) -> Int? {
        while true {
            var interface: UInt32 = 0
            let count = plasmid_receive_datagram(
                socket.descriptor.number, &bytes, bytes.count, &storage, &interface)
            if count >= 0 { return count }
            guard errno == EINTR || errno == ECONNREFUSED || errno == EHOSTUNREACH else {
                return nil
            }
        }
    }

    /// Who sent the last datagram.
    public var source: Address? { Address(storage) }
}
