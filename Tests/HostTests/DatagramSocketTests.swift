import Testing

@testable import Host

@Suite("A UDP socket")
struct DatagramSocketTests {
    private func loopback() throws -> Interfaces.Entry {
        try #require(
            Interfaces.entries().first { $0.isLoopback && $0.address.bytes == [127, 0, 0, 1] })
    }

    private func wait(_ socket: DatagramSocket) throws -> DatagramSocket.Arrival {
        let poller = try Poller()
        try poller.add(socket.descriptor, token: 1, reads: true, writes: false)
        #expect(try poller.wait(milliseconds: 5000).count == 1)
        return try #require(socket.receive(limit: 64))
    }

    @Test func `says who sent and by which interface it came`() throws {
        let (one, other) = (
            try DatagramSocket(.four, port: 0), try DatagramSocket(.four, port: 0)
        )
        let number = try loopback().number
        let target = try #require(Address("127.0.0.1:\(try other.port())"))
        #expect(other.receive(limit: 64) == nil)
        try one.send([1, 2, 3], to: target, from: [127, 0, 0, 5], interface: number)
        let heard = try wait(other)
        #expect(heard.bytes == [1, 2, 3] && heard.interface == number)
        #expect(heard.source == Address("127.0.0.5:\(try one.port())"))
        try one.send([4], to: target, interface: 0)
        #expect(try wait(other).source == Address("127.0.0.1:\(try one.port())"))
    }

    @Test func `gives the first bytes of a datagram that is too long`() throws {
        let socket = try DatagramSocket(.four, port: 0)
        let target = try #require(Address("127.0.0.1:\(try socket.port())"))
        try socket.send([UInt8](repeating: 7, count: 500), to: target, interface: 0)
        #expect(try wait(socket).bytes == [UInt8](repeating: 7, count: 64))
        #expect(socket.receive(limit: 64) == nil)
    }

    @Test func `shares its port with those that share it`() throws {
        let one = try DatagramSocket(.four, port: 0)
        let other = try DatagramSocket(.four, port: try one.port())
        #expect(try other.port() == one.port())
    }

    @Test func `says why nothing can be sent`() throws {
        let socket = try DatagramSocket(.four, port: 0)
        let target = try #require(Address("127.0.0.1:9"))
        do throws(SystemError) {
            try socket.send([1], to: target, from: [192, 0, 2, 77], interface: 0)
            Issue.record("sent from an address of nobody here")
        } catch {
            #expect(error.call == "send" && error.subject == "127.0.0.1:9")
        }
    }

    @Test func `hears a group on loopback`() throws {
        guard let six = try? DatagramSocket(.six, port: 0) else { return }
        let group: [UInt8] = [0xff, 0x11] + [UInt8](repeating: 0, count: 13) + [9]
        let number = try loopback().number
        try six.join(group, interface: number)
        try six.join(group, interface: number)
        #expect(throws: SystemError.self) { try six.join(group, interface: 99_999) }
    }
}
