import Testing
import Wire

@testable import Store

@Suite struct CheckedDocumentsTests {
    private struct Bad: Error {}

    @Test func `the same bytes are checked once, others anew`() throws {
        let checked = CheckedDocuments<Int>()
        var checks = 0
        func ask(_ documents: [[UInt8]]) -> Int {
            checked.value(of: documents) {
                checks += 1
                return checks
            }
        }
        #expect(ask([[1, 2], [3]]) == 1 && ask([[1, 2], [3]]) == 1)
        #expect(ask([[1], [2, 3]]) == 2)
        #expect(ask([[1, 2, 3]]) == 3)
        #expect(checked.count == 3)
    }

    @Test func `what is refused is asked again`() throws {
        let checked = CheckedDocuments<Int>()
        for _ in 0..<2 {
            #expect(throws: Bad.self) {
                try checked.value(of: [[1]]) { () throws(Bad) in throw Bad() }
            }
        }
        #expect(checked.value(of: [[1]]) { 7 } == 7)
    }

    @Test func `only so many are kept, and no long ones`() {
        let checked = CheckedDocuments<Int>()
        for number in 0..<300 { _ = checked.value(of: [[UInt8(number & 255), 1, 1]]) { number } }
        #expect(checked.value(of: [[43, 1, 1]]) { -1 } == 43)
        for number in 0..<300 {
            _ = checked.value(of: [[UInt8(number >> 8), UInt8(number & 255)]]) { 1 }
        }
        #expect(checked.value(of: [[43, 1, 1]]) { -1 } == -1)
        let long = [UInt8](repeating: 0, count: 1 << 17)
        #expect(checked.value(of: [long]) { 1 } == 1 && checked.value(of: [long]) { 2 } == 2)
    }
}
