import Testing
import Wire

@testable import Node

@Suite("Calls that both sides make at once")
struct PunchTableTests {
    private func punch(_ dial: UInt64, end: UInt64) -> Punch {
        Punch(
            dial: dial, expected: SigningKey.random().publicKey, isInitiator: true, begin: 0,
            end: end)
    }

    @Test func `a call from that host in that time belongs to it, no other does`() {
        let table = PunchTable()
        table.expect(punch(1, end: 100), from: [9, 9, 9, 9])
        table.expect(punch(2, end: 100), from: [9, 9, 9, 8])
        #expect(table.punch(from: [9, 9, 9, 9], at: 99)?.dial == 1)
        #expect(table.punch(from: [9, 9, 9, 7], at: 99) == nil)
        table.forget(1)
        #expect(table.punch(from: [9, 9, 9, 9], at: 99) == nil)
        #expect(table.punch(from: [9, 9, 9, 8], at: 100) == nil, "it is over")
    }
}
