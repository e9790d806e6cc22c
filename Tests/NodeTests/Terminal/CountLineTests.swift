import Testing

@testable import Node

@Suite("A line that counts")
struct CountLineTests {
    @Test func `is silent at first, then drawn ten times a second, and removed`() {
        var line = CountLine(label: "eval a", total: 100, at: 10)
        #expect(line.update(done: 9, at: 10.9, width: 80) == nil)
        #expect(line.clear() == nil)
        let text = line.update(done: 20, at: 12, width: 80)
        #expect(text == "\r\u{1b}[Keval a  20 of 100  0:08 left")
        #expect(line.update(done: 21, at: 12.05, width: 80) == nil)
        #expect(line.update(done: 100, at: 13, width: 80) == "\r\u{1b}[Keval a  100 of 100")
        #expect(line.clear() == "\r\u{1b}[K")
    }

    @Test func `fits the terminal`() {
        var line = CountLine(label: String(repeating: "x", count: 200), total: 9, at: 0)
        let text = line.update(done: 1, at: 2, width: 40) ?? ""
        #expect(TextWidth.columns(String(text.dropFirst(4))) == 39)
    }
}
