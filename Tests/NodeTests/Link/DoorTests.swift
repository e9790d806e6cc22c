import Testing
import Wire

@testable import Node

@Suite("The door")
struct DoorTests {
    private func endpoint(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) throws -> Endpoint {
        try #require(Endpoint(bytes: [a, b, c, d], port: 9))
    }

    @Test func `lets a few of each neighbourhood in and forgets who left`() throws {
        let door = Door()
        for last in 0..<UInt8(Door.pendingPerNeighbourhoodMax) {
            #expect(door.enter(try endpoint(8, 8, 8, last)))
        }
        #expect(!door.enter(try endpoint(8, 8, 8, 200)))
        #expect(door.enter(try endpoint(8, 8, 9, 200)))
        door.leave(try endpoint(8, 8, 8, 3))
        #expect(door.enter(try endpoint(8, 8, 8, 200)))
    }

    @Test func `counts neighbours by 48 bits of IPv6`() throws {
        let door = Door()
        func endpoint(_ third: UInt8, _ last: UInt8) throws -> Endpoint {
            let head: [UInt8] = [0x2a, 0, 0, 0, 0, third]
            return try #require(
                Endpoint(bytes: head + [UInt8](repeating: 1, count: 9) + [last], port: 9))
        }
        for last in 0..<UInt8(Door.pendingPerNeighbourhoodMax) {
            #expect(door.enter(try endpoint(1, last)))
        }
        #expect(!door.enter(try endpoint(1, 99)))
        #expect(door.enter(try endpoint(2, 99)))
    }

    @Test func `has room for so many in all, also from this machine`() throws {
        let door = Door()
        let here = try endpoint(127, 0, 0, 1)
        for _ in 0..<Door.pendingMax { #expect(door.enter(here)) }
        #expect(!door.enter(here))
        door.leave(here)
        #expect(door.enter(here))
    }
}
