import Swarm
import Wire

/// Datagrams as somebody sends them who wants to wear a node out: of no form, of good form for
/// channels that do not exist, for one that does exist without its key, copies of one that was
/// good, and questions with false sources, a few of them with a cookie of somebody else.
package struct DatagramStorm {
    private var generator: SeededGenerator
    private let network: BeaconNetwork
    private let offer: DatagramOffer
    private var copied = [UInt8](repeating: 0, count: DatagramKind.bytesMax)
    private var copiedCount = 0

    /// A storm that follows from a seed.
    package init(network: BeaconNetwork, seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        self.network = network
        offer = DatagramOffer(
            channel: 0x1122_3344_5566_7788, key: [UInt8](repeating: 7, count: 32), port: 4_748)
        var sealer = DatagramSealer(offer)
        copiedCount = sealer.seal(Message.ping(1).bytes, into: &copied) ?? 0
    }

    /// A node's desk with one channel, on which one datagram has come.
    package func makeDesk() -> DatagramDesk {
        var desk = DatagramDesk(network: network, secret: [UInt8](repeating: 3, count: 32))
        desk.hear(1, by: offer)
        _ = desk.take(copied, count: copiedCount, at: 0, from: { nil })
        desk.forgetCounters()
        return desk
    }

    /// The next datagram, and where it says that it comes from.
    package mutating func next() -> (bytes: [UInt8], source: Endpoint?) {
        let word = generator.next()
        let address = withUnsafeBytes(of: word.littleEndian) { Array($0[..<4]) }
        let source = Endpoint(bytes: address, port: UInt16(truncatingIfNeeded: word >> 40))
        switch generator.next() % 6 {
        case 0: return (random(Int(word % 1_201)), source)
        case 1:
            var bytes = random(33 + Int(word % 1_167) + 1)
            bytes[0] = DatagramKind.sealed.rawValue
            return (bytes, source)
        case 2:
            var bytes = random(50 + Int(word % 200))
            bytes[0] = DatagramKind.sealed.rawValue
            for index in 0..<8 {
                bytes[1 + index] = UInt8(
                    truncatingIfNeeded: offer.channel >> UInt64(56 - 8 * index))
                bytes[9 + index] = 0
            }
            bytes[16] = 200
            return (bytes, source)
        case 3: return (Array(copied[..<copiedCount]), source)
        case 4:
            return (
                ColdQuestion(number: random(16)).bytes(in: network), source
            )
        default:
            return (
                ColdQuestion(number: random(16), cookie: random(16)).bytes(in: network), source
            )
        }
    }

    private mutating func random(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            let word = generator.next()
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return Array(bytes[..<count])
    }
}
