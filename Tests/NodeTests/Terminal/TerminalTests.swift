import Testing

@testable import Node

@Suite("A terminal")
struct TerminalTests {
    @Test("what is no terminal has the usual width")
    func notATerminal() {
        let terminal = Terminal(descriptor: -1)
        #expect(!terminal.isTerminal && terminal.columns == 80)
        #expect(Terminal(isTerminal: true, columns: 120).columns == 120)
    }
}
