import Testing

@testable import Node

@Suite("A table")
struct TableTests {
    @Test("lines up columns")
    func linesUp() {
        var table = Table([.init("name", isElastic: true), .init("size", isRight: true)])
        table.add(["poems", "1.2 MB"])
        table.add(["漢字", "10 B"])
        #expect(table.lines() == ["name     size", "poems  1.2 MB", "漢字     10 B"])
    }

    @Test("stays within its width by cutting elastic columns")
    func cuts() {
        var table = Table([.init("name", isElastic: true), .init("id")])
        table.add([String(repeating: "n", count: 200), String(repeating: "i", count: 30)])
        for line in table.lines(width: 80) { #expect(TextWidth.columns(line) <= 80) }
        #expect(table.lines(width: 80)[1].contains("…  iii"))
        #expect(table.lines(width: 10)[1].hasPrefix("nnnnnnn…"))
    }
}
