import Testing
import Wire

@testable import Node

@Suite("The door")
struct DoorTests {
    private func endpoint(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) throws -> Endpoint {
        try #require(Endpoint(bytes: [a, b, c, d], port: 9))
    }

    @Test func `lets a few of each network in and forgets who left`() throws {
        let door = Door()
        for last in 0..<UInt8(Door.pendingPerSubnetMax) {
            #expect(door.enter(try endpoint(8, 8, 8, last), at: 1))
        }
        #expect(!door.enter(try endpoint(8, 8, 8, 200), at: 1))
        #expect(door.enter(try endpoint(8, 8, 9, 200), at: 1))
        door.leave(try endpoint(8, 8, 8, 3))
        #expect(door.enter(try endpoint(8, 8, 8, 200), at: 1))
    }

    @Test func `tells networks by 48 bits of IPv6`() throws {
        let door = Door()
        func endpoint(_ third: UInt8, _ last: UInt8) throws -> Endpoint {
            let head: [UInt8] = [0x2a, 0, 0, 0, 0, third]
            return try #require(
                Endpoint(bytes: head + [UInt8](repeating: 1, count: 9) + [last], port: 9))
        }
        for last in 0..<UInt8(Door.pendingPerSubnetMax) {
            #expect(door.enter(try endpoint(1, last), at: 1))
        }
        #expect(!door.enter(try endpoint(1, 99), at: 1))
        #expect(door.enter(try endpoint(2, 99), at: 1))
    }

    @Test func `has room for so many in all, also from this machine`() throws {
        let door = Door()
        let here = try endpoint(127, 0, 0, 1)
        for _ in 0..<Door.pendingMax { #expect(door.enter(here, at: 1)) }
        #expect(!door.enter(here, at: 1))
        door.leave(here)
        #expect(door.enter(here, at: 1))
    }

    @Test func `one network that calls too often takes nothing from others`() throws {
        let door = Door()
        func calls(from third: UInt8, at second: UInt64) throws -> Int {
            try (0..<300).count { _ in
                let caller = try endpoint(8, 8, third, 1)
                guard door.enter(caller, at: second * 1_000_000_000) else { return false }
                door.leave(caller)
                return true
            }
        }
        #expect(try calls(from: 1, at: 1) == Int(Door.callsPerSubnetAtOnce))
        #expect(try calls(from: 1, at: 3) == 2 * Int(Door.callsPerSubnetPerSecond))
        #expect(try calls(from: 2, at: 3) == Int(Door.callsPerSubnetAtOnce))
        #expect(door.turnedAway == UInt64(3 * 300 - 2 * 64 - 10))
        let here = try endpoint(192, 168, 1, 1)
        for _ in 0..<1_000 {
            #expect(door.enter(here, at: 3_000_000_000), "a lab's own network has no such bound")
            door.leave(here)
        }
    }

    @Test func `a crowd of networks costs bounded time and memory`() throws {
        let door = Door()
        var entered = 0
        for number in 0..<(2 * Door.subnetsMax) {
            let caller = try endpoint(8, UInt8(number >> 8), UInt8(number & 255), 1)
            if door.enter(caller, at: 5) {
                entered += 1
                door.leave(caller)
            }
        }
        #expect(entered == Int(Door.callsPerSecond))
        let inside = try endpoint(9, 9, 9, 9)
        #expect(door.enter(inside, at: 2_000_000_005))
        door.leave(inside)
    }
}
