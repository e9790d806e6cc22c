import Swarm
import Wire

/// An address book of a thousand honest addresses of 200 networks, half of which answered, and a
/// flood of false ones of four networks, told by many keys of those networks. Worst case: whoever
/// is called at a false address answers.
package struct AddressFlood {
    /// Addresses that one key tells before it is held back.
    static let toldByOne = 1000
    private static let groups = 200
    private static let hostileGroups: [[UInt8]] = [[201, 1], [202, 2], [203, 3], [204, 4]]

    /// The book.
    package private(set) var book: AddressBook
    private var generator: SeededGenerator
    private var now = Moment(monotonic: 0, wall: 1_790_000_000_000)

    /// The honest book of a seed.
    package init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        var words = SeededGenerator(seed: seed ^ 0x5eed)
        let secret = (0..<16).map { _ in UInt8(truncatingIfNeeded: words.next() >> 13) }
        book = AddressBook(secret: secret)
        for number in 0..<1000 {
            let peer = peer(in: Self.honest(number % Self.groups))
            let teller = Self.honest(Int(generator.next() % UInt64(Self.groups)))
            book.tell(
                peer, by: key(), from: endpoint(in: teller), isSigned: true, at: now)
            if number % 2 == 0 {
                book.answered(peer.key, at: peer.endpoints[0], at: now)
            }
        }
        pass(seconds: 86_400)
    }

    private static func honest(_ group: Int) -> [UInt8] {
        [UInt8(30 + group % 50), UInt8(group / 50)]
    }

    private mutating func key() -> NodeKey {
        let words = (generator.next(), generator.next(), generator.next(), generator.next())
        guard let key = NodeKey(bytes: Digest(words: words).bytes) else {
            preconditionFailure("32 bytes are a key")
        }
        return key
    }

    private mutating func endpoint(in group: [UInt8]) -> Endpoint {
        let word = generator.next()
        let rest = [UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8)]
        guard let endpoint = Endpoint(bytes: group + rest, port: 4747) else {
            preconditionFailure("four bytes are an address")
        }
        return endpoint
    }

    private mutating func peer(in group: [UInt8]) -> PeerAddress {
        PeerAddress(key: key(), endpoints: [endpoint(in: group)])
    }

    private mutating func hostile() -> [UInt8] {
        Self.hostileGroups[Int(generator.next() % UInt64(Self.hostileGroups.count))]
    }

    private mutating func pass(seconds: UInt64) {
        now = Moment(
            monotonic: now.monotonic + seconds * 1_000_000_000, wall: now.wall + seconds * 1000)
    }

    /// So many keys of the four networks tell a thousand false addresses each.
    package mutating func flood(by tellers: Int) {
        for number in 0..<tellers {
            let teller = key()
            let place = endpoint(
                in: Self.hostileGroups[number % Self.hostileGroups.count])
            for _ in 0..<Self.toldByOne {
                book.tell(
                    peer(in: hostile()), by: teller, from: place, isSigned: true, at: now)
            }
        }
    }

    /// False addresses in the book.
    package var falseCount: Int {
        book.peers.count { Self.isHostile($0) }
    }

    /// Feelers for so many hours. Honest nodes are away for one call in ten.
    package mutating func feel(hours: Int) {
        for _ in 0..<hours * 30 {
            pass(seconds: 120)
            guard let peer = book.feelerTarget(without: [], at: now) else { continue }
            book.dialled(peer.key, at: now)
            if !Self.isHostile(peer), generator.next() % 10 == 0 {
                book.failed(peer.key, at: now)
            } else {
                book.answered(peer.key, at: peer.endpoints[0], at: now)
            }
        }
    }

    /// Eight that the book gives for neighbours, each of another netgroup where `isApart`; how many
    /// of them are false.
    package mutating func hostileOfEight(isApart: Bool) -> Int {
        var groups = Set<Netgroup>()
        var keys = Set<NodeKey>()
        var hostile = 0
        for _ in 0..<1000 where keys.count < 8 {
            guard let peer = book.pick(1, without: keys, at: now).first else { break }
            let group = Netgroup(peer.endpoints[0])
            guard !isApart || group.map({ groups.insert($0).inserted }) == true else { continue }
            keys.insert(peer.key)
            if Self.isHostile(peer) { hostile += 1 }
        }
        return hostile
    }

    /// Whether an address is one of the flood.
    package static func isHostile(_ peer: PeerAddress) -> Bool {
        (peer.endpoints.first?.bytes.first ?? 0) > 200
    }
}

extension Scenario {
    static let addresses: [Scenario] = [
        flooded("address-flood", seeds: 1000, isQuick: false),
        flooded("address-flood-short", seeds: 10, isQuick: true),
    ]

    /// Keys that tell in a world, and those that tell more in the first: 12,000 false addresses
    /// take every place that a flood can take.
    private static let tellers = 12
    private static let furtherTellers = (short: 24, long: 988)

    /// In the first world of the long one 10^6 false addresses are told, and take no more places.
    private static func flooded(_ name: String, seeds: UInt64, isQuick: Bool) -> Scenario {
        Scenario(
            name: name,
            goal: "a book of 1,000 addresses of 200 networks, half tried, a flood of false ones of "
                + "4 networks, a day of feelers that all of them answer: in 0 of \(seeds) seeds "
                + "are all 8 picks false, with or without the rule of one a network; at most a "
                + "quarter of all picks",
            isQuick: isQuick
        ) { trial in
            var captured = (apart: 0, any: 0)
            var hostile = (apart: 0, any: 0)
            var (told, trace) = (0, UInt64(0))
            var places: (few: Int, many: Int) = (0, 0)
            for number in 0..<seeds {
                var world = AddressFlood(seed: trial.seed &* 1_000_003 &+ number)
                world.flood(by: tellers)
                told += tellers * AddressFlood.toldByOne
                if number == 0 {
                    places.few = world.falseCount
                    let further = isQuick ? furtherTellers.short : furtherTellers.long
                    world.flood(by: further)
                    told += further * AddressFlood.toldByOne
                    places.many = world.falseCount
                }
                world.feel(hours: 24)
                let apart = world.hostileOfEight(isApart: true)
                let any = world.hostileOfEight(isApart: false)
                captured = (captured.apart + apart / 8, captured.any + any / 8)
                hostile = (hostile.apart + apart, hostile.any + any)
                let counters = world.book.counters
                trace = trace &* 31 &+ counters.crowded &* 17 &+ counters.tried &+ UInt64(any)
            }
            let share = { (count: Int) in Double(count) / Double(8 * seeds) }
            let percent = { (count: Int) in "\((share(count) * 1000).rounded() / 10) %" }
            // No event in n tries: less than 3/n with 95 % certainty (rule of three).
            return Outcome(
                result: "captured \(captured.apart), without the rule \(captured.any), of "
                    + "\(seeds) (95 %: below \(3.0 / Double(seeds))); false picks "
                    + "\(percent(hostile.apart)), without the rule \(percent(hostile.any)); "
                    + "\(places.few) places after 12,000, \(places.many) after "
                    + "\(isQuick ? "36,000" : "10^6")",
                missed: captured == (0, 0) && share(hostile.apart) <= 0.25
                    && share(hostile.any) <= 0.25 && places.many <= places.few + 2
                    ? [] : ["few picks are false"],
                nodes: Int(seeds), seconds: 86_400, messages: UInt64(told), bytes: 0,
                trace: trace, log: TrialLog(trial))
        }
    }
}
