import Testing

@testable import Learn

@Suite struct TableRowsTests {
    private func rows(_ text: String) throws -> [[String]] {
        var rows = TableRows(try DataSamples.file(text, "x.csv"))
        var found: [[String]] = []
        while let row = try rows.next() { found.append(row.fields) }
        return found
    }

    @Test func `fields as RFC 4180 writes them`() throws {
        #expect(try rows("a,b\r\nc,d\r\n") == [["a", "b"], ["c", "d"]])
        #expect(try rows("a,b\nc,d") == [["a", "b"], ["c", "d"]])
        #expect(try rows("\"a,\"\"b\"\"\",\"c\r\nd\"") == [["a,\"b\"", "c\r\nd"]])
        #expect(try rows("a,,\n,b,") == [["a", "", ""], ["", "b", ""]])
        #expect(try rows("\"\"\n\n\n a ,b") == [[""], [" a ", "b"]])
        #expect(try rows("a\rb,c\r") == [["a\rb", "c"]])
    }

    @Test func `quotes that are not those of RFC 4180 are refused with the line of the row`() {
        for (text, line) in [
            ("text\na\"b\n", 2), ("text\nx\n\"a\n\nb", 3), ("text\n\"a\" b", 2),
            ("text\n\"a\"\"", 2),
        ] {
            let found = DataSamples.recordFault(text, "x.csv")
            #expect(found?.line == line)
            if case .quotes? = found?.fault {} else { Issue.record("\(text)") }
        }
    }

    @Test func `columns and rows must fit`() {
        for header in ["a", "text,prompt", "prompt", "text,text", "Text", "text,"] {
            let found = DataSamples.recordFault(header + "\na\n", "x.csv")
            #expect(found?.line == 1)
        }
        let found = DataSamples.recordFault("text\na\nb,c\n", "x.csv")
        #expect(found?.line == 3 && found?.fault == .fieldCount(found: 2, columns: 1))
        #expect(DataSamples.recordFault("text\n\"\"", "x.csv")?.fault == .emptyValue(key: "text"))
        #expect(DataSamples.fault("text\n", "x.csv") == .nothingToLearn)
    }
}
