import Testing

@testable import Host

@Suite("A poller")
struct PollerTests {
    @Test func `tells what can be read, written and what is gone`() throws {
        let scratch = try Scratch()
        let listener = try LocalSocket.listen(scratch("socket"))
        let client = try LocalSocket.connect(scratch("socket"))
        let server = try listener.accept()
        let poller = try Poller()
        try poller.add(server.descriptor, token: 7, reads: true, writes: false)
        #expect(try poller.wait(milliseconds: 0).isEmpty)
        try client.write([1])
        let readable = try poller.wait(milliseconds: 1000)
        #expect(readable.map(\.token) == [7])
        #expect(readable[0].isReadable && !readable[0].isWritable && !readable[0].isGone)
        try poller.change(server.descriptor, token: 8, reads: false, writes: true)
        let writable = try poller.wait(milliseconds: 1000)
        #expect(writable.map(\.token) == [8])
        #expect(writable[0].isWritable && !writable[0].isReadable)
        client.shutdown()
        #expect(try poller.wait(milliseconds: 1000).first?.isGone == true)
        poller.remove(server.descriptor)
        #expect(try poller.wait(milliseconds: 0).isEmpty)
    }

    @Test func `refuses what it does not know or knows already`() throws {
        let poller = try Poller()
        let mailbox = try Mailbox<Int>()
        #expect(throws: SystemError.self) {
            try poller.change(mailbox.wake, token: 1, reads: true, writes: false)
        }
        try poller.add(mailbox.wake, token: 1, reads: true, writes: false)
        #expect { try poller.add(mailbox.wake, token: 1, reads: true, writes: false) } throws: {
            ($0 as? SystemError)?.isExisting == true
        }
    }
}
