import Testing
import Wire

@testable import Swarm

@Suite struct AddressBookBytesTests {
    private typealias Sample = AddressSample

    private var book: AddressBook {
        var book = AddressBook(secret: Sample.secret)
        for number in 0..<300 {
            let peer =
                number % 5 == 0
                ? Sample.peer(number, in: [10, 0])
                : Sample.peer(number, in: [UInt8(20 + number % 70), 1])
            book.hear(peer, by: number % 3, in: [UInt8(20 + number % 3), 1])
            if number % 4 == 0 { book.answer(peer, at: UInt64(number) * 1000) }
            if number % 7 == 0 { book.failed(peer.key, at: Sample.moment(5)) }
        }
        book.hear(Sample.long(900))
        book.anchors = [Sample.key(0), Sample.key(4)]
        return book
    }

    @Test func `comes back as it was, and chooses the same`() throws {
        var before = book
        var after = try AddressBook(bytes: before.bytes)
        #expect(after.bytes == before.bytes && after.count == before.count)
        #expect(after.anchors == before.anchors)
        #expect(after.anchorPeers.map(\.key) == before.anchorPeers.map(\.key))
        for entry in before.entries {
            let other = try #require(after.entry(of: entry.key))
            #expect(other.endpoints == entry.endpoints && other.place == entry.place)
            #expect(other.answered == entry.answered && other.failures == entry.failures)
            #expect(other.heard == entry.heard && other.dialled == entry.dialled)
        }
        before = after
        before.reseed(3)
        after.reseed(3)
        let moment = Sample.moment()
        #expect(
            before.pick(20, without: [], at: moment) == after.pick(20, without: [], at: moment))
    }

    @Test func `an empty one is 69 bytes and more`() throws {
        let empty = AddressBook(secret: Sample.secret)
        #expect(empty.bytes.count == AddressBook.magic.count + 16 + 2 + 32)
        #expect(try AddressBook(bytes: empty.bytes).count == 0)
    }

    @Test func `no changed, cut or longer file is taken`() {
        let bytes = book.bytes
        for position in stride(from: 0, to: bytes.count, by: 37) {
            var bent = bytes
            bent[position] ^= 4
            #expect(throws: WireError.self) { try AddressBook(bytes: bent) }
            #expect(throws: WireError.self) { try AddressBook(bytes: Array(bytes[..<position])) }
        }
        #expect(throws: WireError.self) { try AddressBook(bytes: bytes + [0]) }
        #expect(throws: WireError.self) { try AddressBook(bytes: []) }
        let long = [UInt8](repeating: 0, count: AddressBook.fileBytesMax + 1)
        #expect(throws: WireError.tooLarge("address book")) { try AddressBook(bytes: long) }
    }

    /// A file with a right checksum around a body that is made by hand.
    private func file(_ write: (inout Writer) -> Void) -> [UInt8] {
        var writer = Writer()
        writer.write(AddressBook.magic)
        writer.write(Sample.secret)
        write(&writer)
        writer.write(Blake3.hash(writer.bytes))
        return writer.bytes
    }

    private func write(_ peer: PeerAddress, place: Int, to writer: inout Writer) {
        writer.write(peer.key)
        writer.write(UInt16(place))
        writer.write([UInt8](repeating: 0, count: 13))
        writer.writeVarint(UInt64(peer.endpoints.count))
        for endpoint in peer.endpoints { endpoint.encode(to: &writer) }
    }

    private func file(_ peers: [(PeerAddress, Int)]) -> [UInt8] {
        file { writer in
            writer.writeVarint(0)
            writer.writeVarint(UInt64(peers.count))
            for (peer, place) in peers { write(peer, place: place, to: &writer) }
        }
    }

    @Test func `every count and place is looked at, though the checksum is right`() throws {
        let (one, two) = (Sample.peer(1, in: [20, 1]), Sample.peer(2, in: [20, 1]))
        #expect(try AddressBook(bytes: file([(one, 5), (two, 9)])).count == 2)
        let near = AddressBook.Table.new.buckets(isNear: true).lowerBound * 64
        let metadata = PeerAddress(
            key: one.key, endpoints: [Sample.endpoint([169, 254, 169, 254])])
        let nowhere = PeerAddress(key: one.key, endpoints: [])
        let bad: [[(PeerAddress, Int)]] = [
            [(one, 9), (two, 5)], [(one, 5), (two, 5)], [(one, 5), (one, 9)],
            [(one, 16_384)], [(one, near)], [(metadata, near)], [(nowhere, 5)],
        ]
        for peers in bad {
            #expect(throws: WireError.self) { try AddressBook(bytes: file(peers)) }
        }
        #expect(throws: WireError.tooLarge("anchors")) {
            try AddressBook(bytes: file { $0.writeVarint(3) })
        }
        #expect(throws: WireError.tooLarge("addresses")) {
            try AddressBook(
                bytes: file { writer in
                    writer.writeVarint(0)
                    writer.writeVarint(16_385)
                })
        }
    }
}
