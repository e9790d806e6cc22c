import Testing

@testable import Learn

@Suite struct PackedNumbersTests {
    @Test func `numbers are read five bits at a time`() {
        var numbers = PackedNumbers("Bh B\nD")
        #expect(numbers.next() == 1)
        #expect(numbers.next() == 33)
        #expect(numbers.nextSigned() == -2)
        #expect(numbers.isAtEnd)
        #expect(numbers.next() == 0)
    }
}
