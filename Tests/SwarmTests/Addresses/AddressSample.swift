import Wire

@testable import Swarm

/// Made-up nodes for tests of the address book.
enum AddressSample {
    static let day: UInt64 = 86_400_000
    static let secret = [UInt8](repeating: 7, count: AddressBook.secretBytes)

    /// A moment so many milliseconds after an arbitrary one.
    static func moment(_ milliseconds: UInt64 = 0) -> Moment {
        Moment(monotonic: milliseconds * 1_000_000, wall: Driver.wallStart + milliseconds)
    }

    static func key(_ number: Int) -> NodeKey {
        guard let key = NodeKey(bytes: Blake3.hash(Array("node \(number)".utf8)).bytes) else {
            preconditionFailure("32 bytes are a key")
        }
        return key
    }

    static func endpoint(_ bytes: [UInt8], port: UInt16 = 4747) -> Endpoint {
        guard let endpoint = Endpoint(bytes: bytes, port: port) else {
            preconditionFailure("four or sixteen bytes are an address")
        }
        return endpoint
    }

    /// A node in a /16.
    static func peer(_ number: Int, in group: [UInt8]) -> PeerAddress {
        let rest = [UInt8(number >> 8 & 255), UInt8(number & 255)]
        return PeerAddress(key: key(number), endpoints: [endpoint(group + rest)])
    }

    /// A node with as many addresses as one may have, the longest there are.
    static func long(_ number: Int) -> PeerAddress {
        let endpoints = (0..<PeerAddress.endpointsMax).map { index in
            var bytes = [UInt8](repeating: UInt8(index), count: 16)
            bytes.replaceSubrange(
                0..<6,
                with: [0x26, UInt8(number >> 8 & 255), UInt8(number & 255), 1, 2, 3])
            return endpoint(bytes)
        }
        return PeerAddress(key: key(number), endpoints: endpoints)
    }
}

extension AddressBook {
    /// An honest peer of a group tells of a node.
    @discardableResult
    mutating func hear(
        _ peer: PeerAddress, by teller: Int = 1_000_000, in group: [UInt8] = [8, 8],
        isSigned: Bool = true, at milliseconds: UInt64 = 0
    ) -> Bool {
        tell(
            peer, by: AddressSample.key(teller), from: AddressSample.endpoint(group + [1, 1]),
            isSigned: isSigned, at: AddressSample.moment(milliseconds))
    }

    mutating func answer(_ peer: PeerAddress, at milliseconds: UInt64 = 0) {
        answered(peer.key, at: peer.endpoints[0], at: AddressSample.moment(milliseconds))
    }
}
