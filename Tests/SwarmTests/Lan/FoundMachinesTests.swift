import Testing
import Wire

@testable import Swarm

@Suite struct FoundMachinesTests {
    private static func tag(_ byte: UInt8) -> BeaconTag {
        guard let tag = BeaconTag(bytes: [UInt8](repeating: byte, count: 16)) else {
            preconditionFailure("a tag has 16 bytes")
        }
        return tag
    }

    private static func place(_ number: Int, port: UInt16 = 1) -> Endpoint {
        LanInterfaceTests.endpoint([10, 0, UInt8(number >> 8), UInt8(number & 255)], port: port)
    }

    @Test func `pauses grow and are short again after an hour`() {
        var machines = FoundMachines()
        var now = Span.second
        func dial() -> Bool? {
            machines.change(Self.place(1), tag: Self.tag(1), at: now) { place in
                guard place.mayDial(at: now) else { return false }
                place.noteDial(at: now)
                return true
            }
        }
        #expect(dial() == true && dial() == false)
        for seconds: UInt64 in [10, 20, 40, 80, 160, 320, 600, 600] {
            now += seconds * Span.second - 1
            #expect(dial() == false, "after \(seconds) s")
            now += 1
            #expect(dial() == true, "after \(seconds) s")
        }
        now += LanLimits.dialMemory + 1
        #expect(dial() == true)
        now += 10 * Span.second
        #expect(dial() == true)
    }

    @Test func `a new tag is a new run, which one machine may have now and then`() {
        var machines = FoundMachines()
        /// Whether the place was as if never dialled.
        func isNew(_ port: UInt16, _ tag: UInt8, at now: UInt64) -> Bool? {
            machines.change(Self.place(1, port: port), tag: Self.tag(tag), at: now) { place in
                defer { place.noteDial(at: now) }
                return place.mayDial(at: now) && !place.isAnswered
            }
        }
        #expect(isNew(1, 1, at: 5) == true && isNew(1, 1, at: 6) == false)
        #expect(isNew(1, 2, at: 7) == true && isNew(1, 3, at: 8) == false)
        #expect(isNew(2, 1, at: 8) == true && isNew(2, 2, at: 9) == false)
        let later = 7 + LanLimits.restartPause
        #expect(isNew(1, 3, at: later) == true && isNew(2, 2, at: later) == false)
    }

    @Test func `machines are bounded, and so are the places of one`() {
        var machines = FoundMachines()
        for port in 1...UInt16(LanLimits.portsPerMachineMax) {
            #expect(
                machines.change(Self.place(0, port: port), tag: Self.tag(1), at: 1) { _ in 1 } == 1)
        }
        #expect(machines.change(Self.place(0, port: 99), tag: Self.tag(1), at: 1) { _ in 1 } == nil)
        #expect(machines.count == 1)
        for number in 1...5_000 {
            _ = machines.change(Self.place(number), tag: Self.tag(1), at: 1) { _ in 1 }
            #expect(machines.count <= 2 * LanLimits.machinesMax)
        }
        #expect(machines.change(Self.place(0, port: 99), tag: Self.tag(1), at: 1) { _ in 1 } == 1)
    }

    @Test func `who is silent for long is forgotten, who is heard is not`() {
        var machines = FoundMachines()
        for minute in stride(from: UInt64(0), through: 100, by: 10) {
            let now = minute * Span.minute
            let known = machines.change(Self.place(1), tag: Self.tag(1), at: now) { place in
                defer { place.noteDial(at: now) }
                return place.dialled != nil
            }
            #expect(known == (minute > 0))
            if minute == 0 {
                _ = machines.change(Self.place(2), tag: Self.tag(1), at: now) { _ in 1 }
            }
        }
        #expect(machines.count == 1)
    }
}
