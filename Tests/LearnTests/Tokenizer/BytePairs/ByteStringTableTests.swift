import Testing

@testable import Learn

@Suite struct ByteStringTableTests {
    @Test func `strings keep their numbers while the table grows`() {
        var table = ByteStringTable()
        for number in 0..<5_000 {
            #expect(table.number(of: Array("t\(number)".utf8)) == (number, true))
        }
        #expect(table.number(of: Array("t7".utf8)) == (7, false))
        #expect(table.find(Array("t4999".utf8)) == 4_999)
        #expect(table.find(Array("t5000".utf8)) == nil)
        #expect(table[12] == Array("t12".utf8))
        #expect(table.count == 5_000)
    }
}
