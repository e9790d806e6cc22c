import Glibc
import Testing

@testable import Host

@Suite("Lines of a stream")
struct LineInputTests {
    @Test func `come one by one, the last one without its end, and not after a signal`() throws {
        let sender = InterruptionTests.Sender()
        defer { sender.end() }
        let interruption = try Interruption { sender.next() }
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let text = Array("a\r\n\nb\u{e9}\nlast".utf8)
        #expect(write(ends[1], text, text.count) == text.count)
        var input = LineInput(ends[0], interruption)
        for expected in ["a", "", "b\u{e9}"] { #expect(input.next() == .line(expected)) }
        sender.send(SIGINT)
        #expect(input.next() == .interrupted)
        #expect(input.next() == .interrupted, "until it is answered")
        interruption.answer()
        close(ends[1])
        #expect(input.next() == .line("last"))
        #expect(input.next() == .end)
    }
}
