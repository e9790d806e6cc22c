import Testing
import Wire

@testable import Store

@Suite struct RecentValuesTests {
    private func hash(_ number: Int) -> Digest { Blake3.hash(Array("\(number)".utf8)) }

    /// Whether a value is kept; asking for one that is not brings it in.
    private func keeps(_ number: Int, bytes: Int = 1, _ recent: RecentValues<Int>) -> Bool {
        var wasRead = false
        let value = recent.value(of: hash(number), bytes: bytes) {
            wasRead = true
            return number
        }
        return value == number && !wasRead
    }

    @Test func `the oldest goes where there are too many`() {
        let recent = RecentValues<Int>(valuesMax: 3, bytesMax: 100)
        for number in 1...4 { #expect(!keeps(number, recent)) }
        #expect(keeps(2, recent) && keeps(3, recent) && keeps(4, recent) && !keeps(1, recent))
        #expect(recent.count == 5)
    }

    @Test func `the oldest go where there are too many bytes, the newest stays`() {
        let recent = RecentValues<Int>(valuesMax: 9, bytesMax: 100)
        for number in 1...3 { #expect(!keeps(number, bytes: 30, recent)) }
        #expect(!keeps(4, bytes: 70, recent))
        #expect(keeps(3, recent) && keeps(4, recent) && !keeps(2, recent))
        #expect(!keeps(5, bytes: 1_000, recent) && keeps(5, recent))
        #expect(!keeps(6, bytes: 100, recent) && keeps(6, recent) && !keeps(5, recent))
    }
}
