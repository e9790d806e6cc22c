import Testing
import Wire

@testable import Swarm

@Suite struct AddressBookTests {
    private typealias Sample = AddressSample

    private var book: AddressBook { AddressBook(secret: Sample.secret) }

    @Test func `what is told is new, what answered is tried`() {
        var book = book
        let peer = Sample.peer(1, in: [20, 1])
        book.hear(peer)
        #expect(book.count(in: .new) == 1 && !book.isTried(peer.key))
        book.answer(peer)
        #expect(book.count(in: .new) == 0 && book.count(in: .tried) == 1 && book.isTried(peer.key))
        let other = Sample.peer(2, in: [20, 1])
        book.answer(other)
        #expect(book.isTried(other.key), "one that the owner gave was never told")
        #expect(book.endpoints(of: other.key) == other.endpoints)
        for number in 100..<400 {
            book.hear(Sample.peer(number, in: [20, 1]), by: 5, in: [20, 1])
        }
        let crowded = book.counters.crowded
        #expect(crowded > 200, "its network has no place left among the new ones")
        for number in 1000..<1010 { book.answer(Sample.peer(number, in: [20, 1])) }
        #expect((1000..<1010).count { book.isTried(Sample.key($0)) } >= 8)
    }

    @Test func `never more places than there are, and four megabytes, whatever is told`() {
        var book = book
        for number in 0..<60_000 {
            let peer = Sample.long(number)
            book.hear(peer, by: number / 500, in: [UInt8(20 + number / 500), 9])
            if number % 3 == 0 { book.answer(peer) }
        }
        #expect(book.count > AddressLimits.entriesMax / 2)
        #expect(book.count == book.count(in: .new) + book.count(in: .tried))
        #expect(book.count <= AddressLimits.entriesMax)
        #expect(book.byteCount <= AddressLimits.bytesMax, "\(book.byteCount)")
        #expect(book.bytes.count <= AddressBook.fileBytesMax)
        for entry in book.entries {
            #expect(book.slots[Int(entry.place)].map { book.entries[$0].key } == entry.key)
        }
    }

    @Test func `tellers of one network reach eight buckets, whatever they tell`() {
        var book = book
        for number in 0..<20_000 {
            let group = [UInt8(20 + number % 75), UInt8(number / 75 % 200)]
            book.hear(Sample.peer(number, in: group), by: number / 500)
        }
        let limit = Int(AddressLimits.bucketsPerSource)
        #expect(book.slots.filled(AddressBook.Table.new.buckets).count <= limit)
        #expect(book.count > limit * AddressLimits.bucketSize * 9 / 10)
        #expect(book.counters.crowded > 10_000)
    }

    @Test func `addresses of one network reach one bucket of a teller, and two once they answer`() {
        var book = book
        for number in 0..<2_000 { book.hear(Sample.peer(number, in: [20, 1]), by: number / 500) }
        #expect(book.slots.filled(AddressBook.Table.new.buckets).count == 1)
        for number in 0..<2_000 { book.answer(Sample.peer(number, in: [20, 1])) }
        let tried = book.slots.filled(AddressBook.Table.tried.buckets).count
        #expect(tried == Int(AddressLimits.triedBucketsPerGroup))
    }

    @Test func `near addresses push no global ones out, nor the other way round`() {
        let near = (0..<6_000).map { Sample.peer($0, in: [10, 0]) }
        let global = (10_000..<12_000).map { Sample.peer($0, in: [UInt8(20 + $0 % 75), 1]) }
        func book(_ first: [PeerAddress], _ second: [PeerAddress]) -> AddressBook {
            var book = self.book
            for peer in first + second {
                book.hear(peer, by: Int(peer.key.bytes[1]), in: [10, peer.key.bytes[0]])
            }
            return book
        }
        func count(_ book: AddressBook, _ peers: [PeerAddress]) -> Int {
            peers.count { book.endpoints(of: $0.key) != nil }
        }
        let alone = (near: book(near, []), global: book(global, []))
        for both in [book(near, global), book(global, near)] {
            #expect(count(both, near) == count(alone.near, near))
            #expect(count(both, global) == count(alone.global, global))
        }
        #expect(count(alone.near, near) > 1_000 && count(alone.global, global) > 1_000)
    }

    @Test func `one peer may tell a thousand, then one each ten seconds`() {
        var book = book
        func told(_ numbers: Range<Int>, at milliseconds: UInt64) -> Int {
            numbers.count { number in
                book.hear(Sample.peer(number, in: [UInt8(20 + number % 200), 1]), at: milliseconds)
            }
        }
        #expect(told(0..<3000, at: 0) == 1000)
        #expect(book.counters.tooMany == 2000)
        #expect(told(5000..<5100, at: 60_000) == 6)
        let known = (0..<900).count { book.endpoints(of: Sample.key($0)) != nil }
        #expect(told(0..<900, at: 60_000) == known && known > 300, "no news, and free")
        let isOther = book.hear(Sample.peer(9999, in: [20, 1]), by: 5)
        #expect(isOther)
    }

    @Test func `more tellers than it remembers take no more memory`() {
        var book = book
        for number in 0..<3_000 { book.hear(Sample.peer(number, in: [20, 1]), by: number) }
        #expect(book.byteCount < AddressLimits.bytesMax / 8)
    }

    @Test func `only a node's own word changes its address, and no word one that answered`() {
        var book = book
        let key = Sample.key(1)
        let places = (1...3).map { Sample.endpoint([20, UInt8($0), 1, 1]) }
        book.hear(PeerAddress(key: key, endpoints: [places[0]]))
        book.hear(PeerAddress(key: key, endpoints: [places[1]]), isSigned: false)
        #expect(book.endpoints(of: key) == [places[0]])
        book.hear(PeerAddress(key: key, endpoints: [places[1]]))
        #expect(book.endpoints(of: key) == [places[1]])
        book.answered(key, at: places[1], at: Sample.moment())
        book.hear(PeerAddress(key: key, endpoints: [places[2]]))
        #expect(book.endpoints(of: key) == [places[1], places[2]])
        let near = Sample.endpoint([10, 0, 0, 1])
        book.answered(key, at: near, at: Sample.moment())
        #expect(book.endpoints(of: key) == [near, places[1], places[2]])
    }

    @Test func `a place goes to another only when its holder could not be reached for long`() {
        var book = book
        for number in 0..<500 { book.hear(Sample.peer(number, in: [20, 1])) }
        let holders = Set(book.entries.map(\.key))
        for number in 500..<900 { book.hear(Sample.peer(number, in: [20, 1]), by: 5) }
        #expect(Set(book.entries.map(\.key)).isSuperset(of: holders))
        for round in 0..<UInt64(AddressLimits.failuresOfNew) {
            // Somebody answers meanwhile: the machine has a network.
            book.answer(Sample.peer(5_000, in: [30, 1]), at: round * 1000)
            for key in holders { book.failed(key, at: Sample.moment(round * 1000)) }
        }
        for number in 1000..<2000 {
            book.hear(Sample.peer(number, in: [20, 1]), by: 6, at: 120_000)
        }
        #expect(Set(book.entries.map(\.key)).isDisjoint(with: holders))
        #expect(book.counters.replaced >= 50)
    }

    @Test func `a machine without a network blames nobody`() {
        var book = book
        let peer = Sample.peer(1, in: [20, 1])
        book.hear(peer)
        for round in 0..<100 { book.failed(peer.key, at: Sample.moment(UInt64(round) * 1000)) }
        #expect(book.entry(of: peer.key)?.failures == 0)
        book.answer(Sample.peer(2, in: [30, 1]))
        for round in 0..<100 { book.failed(peer.key, at: Sample.moment(UInt64(round) * 1000)) }
        #expect(book.entry(of: peer.key)?.failures == 1)
    }

    /// A book with a tried address and a new one that belongs at its place and answers a day later.
    private func contested() throws -> (AddressBook, holder: PeerAddress, other: PeerAddress) {
        var book = book
        func place(_ peer: PeerAddress) -> Int {
            book.places.tried(
                book.places.number(of: peer.key), book.places.group(of: peer.endpoints))
        }
        let holder = Sample.peer(1, in: [20, 1])
        let other = try #require(
            (2..<5000).map { Sample.peer($0, in: [20, 1]) }.first { place($0) == place(holder) })
        book.hear(holder)
        book.answer(holder)
        book.hear(other, at: Sample.day)
        book.answer(other, at: Sample.day)
        return (book, holder, other)
    }

    @Test func `a tried address is probed before it loses its place`() throws {
        var (book, holder, other) = try contested()
        #expect(book.isTried(holder.key) && !book.isTried(other.key))
        #expect(book.contests[holder.key] == other.key)
        #expect(book.feelerTarget(without: [], at: Sample.moment(Sample.day)) == holder)
        book.failed(holder.key, at: Sample.moment(Sample.day))
        #expect(!book.isTried(holder.key) && book.isTried(other.key))
        #expect(book.contests.isEmpty && book.counters.evicted == 1)
        #expect(book.endpoints(of: holder.key) != nil, "it stands among the new ones again")
    }

    @Test func `one that answers the probe, or answered just now, keeps it`() throws {
        var (book, holder, other) = try contested()
        book.answer(holder, at: Sample.day)
        #expect(book.contests.isEmpty && book.isTried(holder.key))
        book.answer(other, at: Sample.day + 3_600_000)
        #expect(book.contests.isEmpty && book.isTried(holder.key) && !book.isTried(other.key))
    }

    @Test func `the same calls give the same choices, another seed others`() {
        func chosen(_ seed: UInt64) -> [NodeKey] {
            var book = book
            book.reseed(seed)
            for number in 0..<800 {
                let peer = Sample.peer(number, in: [UInt8(20 + number % 50), 1])
                book.hear(peer, by: number % 7, in: [UInt8(20 + number % 7), 2])
                if number % 2 == 0 { book.answer(peer) }
            }
            return book.pick(50, without: [], at: Sample.moment()).map(\.key)
        }
        #expect(chosen(1) == chosen(1) && chosen(1) != chosen(2))
        #expect(Set(chosen(1)).count == 50)
    }

    @Test func `half of the choices are tried, and a full bucket weighs no more than a thin one`() {
        var book = book
        for number in 0..<1000 { book.hear(Sample.peer(number, in: [20, 1])) }
        for number in 1000..<1040 {
            let group = [UInt8(30 + number % 40), 1]
            let teller = [UInt8(110 + number % 10), UInt8(number % 40)]
            book.hear(Sample.peer(number, in: group), by: number, in: teller)
            let tried = Sample.peer(number + 1000, in: group)
            book.answer(tried)
        }
        var tried = 0
        var crowd = 0
        for _ in 0..<2000 {
            guard let peer = book.pick(1, without: [], at: Sample.moment()).first else { continue }
            if book.isTried(peer.key) { tried += 1 }
            if peer.endpoints[0].bytes[0] == 20 { crowd += 1 }
        }
        #expect((900...1100).contains(tried))
        #expect(crowd < 200, "60 of 100 new addresses in one of 40 buckets")
    }

    @Test func `what fails is chosen seldom, and what is not wanted never`() {
        var book = book
        let bad = Sample.peer(1, in: [20, 1])
        let good = Sample.peer(2, in: [30, 1])
        book.hear(bad)
        book.hear(good)
        for round in 0..<8 {
            book.answer(Sample.peer(3, in: [40, 1]))
            book.failed(bad.key, at: Sample.moment(UInt64(round) * 1000))
        }
        var counts: [NodeKey: Int] = [:]
        for _ in 0..<1000 {
            let peer = book.pick(from: .new, without: [], at: Sample.moment(Sample.day / 24))
            if let peer { counts[peer.key, default: 0] += 1 }
        }
        #expect(counts[bad.key, default: 0] < 100 && counts[good.key, default: 0] > 800)
        #expect(book.pick(from: .new, without: [good.key], at: Sample.moment()) == bad)
        let nobody = book.pick(from: .new, without: [good.key, bad.key], at: Sample.moment())
        #expect(nobody == nil)
    }
}
