import Testing
import Wire

@testable import Swarm

@Suite struct AddressPlacesTests {
    private let places = AddressPlaces(secret: AddressSample.secret)

    @Test func `a place follows from key, networks and secret alone`() {
        let other = AddressPlaces(secret: [UInt8](repeating: 8, count: 16))
        let peer = AddressSample.peer(1, in: [20, 1])
        func place(_ places: AddressPlaces, told source: [UInt8]) -> Int {
            places.new(
                places.number(of: peer.key), places.group(of: peer.endpoints),
                toldFrom: places.group(of: AddressSample.endpoint(source)))
        }
        #expect(place(places, told: [8, 8, 1, 1]) == place(places, told: [8, 8, 7, 9]))
        let elsewhere = (1..<40).map { place(places, told: [8, $0, 1, 1]) }
        #expect(Set(elsewhere).count > 30)
        #expect(place(places, told: [8, 8, 1, 1]) != place(other, told: [8, 8, 1, 1]))
        #expect(places.seed(1) != places.seed(2) && places.seed(1) != other.seed(1))
    }

    @Test func `tables and ranges have their own places`() {
        #expect(AddressBook.Table.new.other == .tried && AddressBook.Table.tried.other == .new)
        let all = [AddressBook.Table.new, .tried].flatMap { table in
            Array(table.buckets(isNear: false)) + Array(table.buckets(isNear: true))
        }
        #expect(all == Array(0..<256))
        for number in 0..<2000 {
            let isNear = number % 2 == 0
            let group = AddressPlaces.Group(number: UInt64(number / 8), isNear: isNear)
            let key = places.number(of: AddressSample.key(number))
            let new = places.new(key, group, toldFrom: group)
            let tried = places.tried(key, group)
            #expect(AddressPlaces.table(of: new) == .new && AddressPlaces.isNear(new) == isNear)
            #expect(
                AddressPlaces.table(of: tried) == .tried && AddressPlaces.isNear(tried) == isNear)
            #expect(max(new, tried) < AddressLimits.entriesMax)
        }
    }

    @Test func `a node is in the network of its first global address`() {
        let near = AddressSample.endpoint([10, 0, 0, 1])
        let far = AddressSample.endpoint([20, 1, 1, 1])
        #expect(places.group(of: [near, far]) == places.group(of: far))
        #expect(places.group(of: [near]).isNear && !places.group(of: far).isNear)
        #expect(places.group(of: near) != places.group(of: AddressSample.endpoint([10, 0, 0, 2])))
        let six = AddressSample.endpoint([0xfd] + [UInt8](repeating: 1, count: 15))
        let next = AddressSample.endpoint([0xfd] + [UInt8](repeating: 1, count: 14) + [2])
        #expect(places.group(of: six).isNear && places.group(of: six) != places.group(of: next))
    }
}
