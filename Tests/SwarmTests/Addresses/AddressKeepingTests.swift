import Testing
import Wire

@testable import Swarm

@Suite struct AddressKeepingTests {
    /// A core that was started with a book.
    private func driver(_ book: AddressBook, seed: UInt64 = 7) -> Driver {
        var driver = Driver()
        var settings = driver.core.settings
        settings.seed = seed
        settings.addresses = book
        driver.core = Swarm(settings)
        return driver
    }

    @Test func `the book is kept after a minute, every five, and at the end, where it changed`()
        throws
    {
        var town = Town()
        try town.hearOfAll()
        town.pass(seconds: 50)
        #expect(town.kept.isEmpty)
        town.pass(seconds: 20)
        #expect(town.kept.count == 1)
        town.pass(seconds: 1500)
        #expect((2...6).contains(town.kept.count))
        let before = town.kept.count
        var same = town
        same.react(same.driver.feed(.stop))
        #expect(same.kept.count - before <= 1)
        let session = try #require(town.driver.core.sessions.keys.first)
        let record = try Driver.record(90, Driver.node([Town.address(90)]))
        town.react(town.driver.take([record], from: session))
        town.react(town.driver.feed(.stop))
        #expect(town.kept.count == before + 1)
        let book = try AddressBook(bytes: try #require(town.kept.last))
        #expect(book.count > 30)
        var empty = Town()
        empty.pass(seconds: 1000)
        empty.react(empty.driver.feed(.stop))
        #expect(empty.kept.isEmpty, "nothing to keep")
    }

    @Test func `two neighbours that stood longest are called first after a restart`() throws {
        var town = Town()
        try town.hearOfAll()
        town.pass(seconds: 30)
        let oldest = town.driver.core.sessions.values
            .filter { $0.isNeighbour && $0.facts.isInitiator }
            .sorted { ($0.opened, $0.facts.peer) < ($1.opened, $1.facts.peer) }
            .prefix(2).map(\.facts.peer)
        town.react(town.driver.feed(.stop))
        let book = try AddressBook(bytes: try #require(town.kept.last))
        #expect(book.anchors == oldest)
        for seed in UInt64(1)..<5 {
            var next = Town(driver(book, seed: seed))
            next.pass(seconds: 20)
            #expect(Array(next.dialled.prefix(2)) == oldest)
            #expect(next.chosen.count == NeighbourLimits.outboundWanted)
            #expect(Set(next.chosen).isSuperset(of: oldest))
        }
    }

    @Test func `a node that finds nobody keeps the anchors that it had`() throws {
        var book = AddressBook(secret: AddressSample.secret)
        let peer = Town.peer(90)
        book.answered(peer.key, at: peer.endpoints[0], at: AddressSample.moment())
        book.anchors = [peer.key]
        var town = Town(driver(book))
        town.pass(seconds: 300)
        town.react(town.driver.feed(.stop))
        #expect(town.dialled.first == peer.key && town.chosen.isEmpty)
        let last = try town.kept.last.map { try AddressBook(bytes: $0) }
        #expect((last ?? book).anchors == [peer.key])
    }

    @Test func `dead addresses are not dialled in a storm`() throws {
        var book = AddressBook(secret: AddressSample.secret)
        for number in 0..<500 {
            book.hear(AddressSample.peer(number, in: [UInt8(20 + number % 200), 1]))
        }
        var town = Town(driver(book))
        town.pass(seconds: 60)
        #expect(town.dialled.count < 700, "\(town.dialled.count) in a minute")
        #expect(Set(town.dialled).count > 100)
    }

    @Test func `what the owner gave is kept and called, whatever peers tell`() throws {
        var town = Town()
        town.inhabitants = 20...20
        let given = Driver.key(200).publicKey
        town.react(town.driver.feed(.join(endpoints: [Town.address(200)], key: given)))
        town.react(town.driver.open(1, 2))
        for round in 0..<40 {
            let records = try (0..<50).map { number in
                try Driver.record(
                    UInt8(20 + number),
                    Driver.node([Driver.address(9, [UInt8(20 + round), 1, 1])]),
                    sequence: UInt64(round + 1))
            }
            town.react(town.driver.take(records, from: 1))
        }
        #expect(town.driver.core.contacts.contains { $0.key == given && $0.source == .owner })
        let before = town.dialled.count { $0 == given }
        town.pass(seconds: 120)
        #expect(town.dialled.count { $0 == given } >= before + 3)
        #expect(town.driver.core.addresses.endpoints(of: given) == nil)
    }

    @Test func `addresses that peers tell in passing are counted and kept`() {
        var driver = Driver()
        driver.open(1, 2)
        driver.introduce(1)
        for round in 0..<300 {
            let peers = (0..<8).map { index in
                AddressSample.peer(round * 8 + index, in: [UInt8(20 + index), UInt8(round % 200)])
            }
            driver.core.perform([.told(1, peers)])
        }
        #expect(driver.core.addresses.counters.tooMany == 1400)
        #expect(driver.core.addresses.count <= 1000 && driver.core.addresses.count > 200)
        #expect(driver.core.neighbourhood.overlay.passive.count == NeighbourLimits.passiveMax)
    }
}
