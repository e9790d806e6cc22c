import Testing

@testable import Host

@Suite("An inbox of datagrams")
struct DatagramInboxTests {
    private func wait(_ socket: DatagramSocket) throws {
        let poller = try Poller()
        try poller.add(socket.descriptor, token: 1, reads: true, writes: false)
        #expect(try poller.wait(milliseconds: 5000).count == 1)
    }

    @Test func `takes one after the other, and says who sent it and how long it was`() throws {
        let home = try #require(Address("127.0.0.1:0"))
        let (one, other) = (
            try DatagramSocket(at: home, waiting: 1 << 16),
            try DatagramSocket(at: home, waiting: 1 << 16)
        )
        let target = try #require(Address("127.0.0.1:\(try other.port())"))
        var inbox = DatagramInbox(limit: 8)
        #expect(inbox.take(from: other) == nil)
        try one.send([1, 2, 3, 4], count: 3, to: target)
        try wait(other)
        #expect(inbox.take(from: other) == 3 && Array(inbox.bytes[..<3]) == [1, 2, 3])
        #expect(inbox.source == Address("127.0.0.1:\(try one.port())"))
        try one.send([UInt8](repeating: 7, count: 20), count: 20, to: target)
        try one.send([], count: 0, to: target)
        try wait(other)
        #expect(inbox.take(from: other) == 20, "longer than the space")
        #expect(inbox.bytes == [UInt8](repeating: 7, count: 8))
        #expect(inbox.take(from: other) == 0)
        #expect(inbox.take(from: other) == nil)
    }

    @Test func `a socket at an address shares its port with nobody`() throws {
        let home = try #require(Address("127.0.0.1:0"))
        let one = try DatagramSocket(at: home, waiting: 1 << 16)
        let same = try #require(Address("127.0.0.1:\(try one.port())"))
        do throws(SystemError) {
            _ = try DatagramSocket(at: same, waiting: 1 << 16)
            Issue.record("two sockets have one port")
        } catch {
            #expect(error.isAddressInUse)
        }
    }
}
