import Foundation
import Testing

@testable import Host

@Suite("A TCP socket")
struct SocketTests {
    private let loopback = Address("127.0.0.1:0")!

    /// A connected pair.
    private func pair() throws -> (Socket, Socket, Address) {
        let listener = try Socket.listen(loopback)
        let client = try Socket.connect(try listener.ownAddress())
        let poller = try Poller()
        try poller.add(listener.descriptor, token: 1, reads: true, writes: false)
        _ = try poller.wait(milliseconds: 5000)
        let (server, address) = try #require(try listener.accept())
        #expect(try listener.accept() == nil)
        return (client, server, address)
    }

    private func waitReadable(_ socket: Socket) throws {
        let poller = try Poller()
        try poller.add(socket.descriptor, token: 1, reads: true, writes: false)
        #expect(try poller.wait(milliseconds: 5000).count == 1)
    }

    @Test func `carries bytes and says when there are none and when it is over`() throws {
        let (client, server, address) = try pair()
        #expect(client.connectFailure() == nil)
        #expect(try client.ownAddress() == address)
        let buffer = Buffer(capacity: 64)
        #expect(try server.read(into: buffer, 0..<64) == .wouldBlock)
        buffer.store([1, 2, 3], at: 5)
        #expect(try client.write(from: buffer, 5..<8) == .moved(3))
        try waitReadable(server)
        let arrived = Buffer(capacity: 64)
        #expect(try server.read(into: arrived, 10..<64) == .moved(3))
        #expect(arrived.bytes(10..<13) == [1, 2, 3])
        _ = consume client
    }

    @Test func `tells what the other side has not taken, and how far it is`() throws {
        let (client, server, _) = try pair()
        #expect(client.unconfirmedBytes == 0)
        let buffer = Buffer(capacity: 1 << 20)
        var written = 0
        while case .moved(let count) = try client.write(from: buffer, 0..<buffer.capacity) {
            written += count
        }
        // Nobody reads: most of it waits on this side.
        let waiting = try #require(client.unconfirmedBytes)
        #expect(waiting > 0 && waiting <= written)
        let span = try #require(client.roundTripMicroseconds)
        #expect(span < 1_000_000)
        _ = consume server
        let (left, right) = try Socket.pair()
        #expect(left.unconfirmedBytes == 0 && left.roundTripMicroseconds == nil)
        #expect(!right.paceByModel())
    }

    @Test func `is paced by a model where the system has one`() throws {
        let (client, _, _) = try pair()
        let allowed = try String(
            contentsOfFile: "/proc/sys/net/ipv4/tcp_available_congestion_control",
            encoding: .utf8
        ).contains("bbr")
        // Without rights only what is allowed to all; a machine without it says no.
        if !allowed { #expect(!client.paceByModel()) } else { _ = client.paceByModel() }
    }

    @Test func `calls from the port that it listens on, which no other program can have`() throws {
        let listener = try Socket.listen(loopback)
        let own = try listener.ownAddress()
        let other = try Socket.listen(loopback)
        let call = try Socket.connect(try other.ownAddress(), from: own)
        let poller = try Poller()
        try poller.add(other.descriptor, token: 1, reads: true, writes: false)
        _ = try poller.wait(milliseconds: 5000)
        let (_, seen) = try #require(try other.accept())
        #expect(seen == own)
        #expect(try call.ownAddress() == own)
        #expect(throws: SystemError.self) { try Socket.listen(own) }
        let caller = try Socket.connect(own)
        try poller.add(listener.descriptor, token: 2, reads: true, writes: false)
        _ = try poller.wait(milliseconds: 5000)
        #expect(try listener.accept() != nil, "it still listens")
        _ = caller
    }

    @Test func `two within this process are connected to each other`() throws {
        let (one, other) = try Socket.pair()
        let buffer = Buffer(capacity: 8)
        buffer.store([7, 8], at: 0)
        #expect(try one.write(from: buffer, 0..<2) == .moved(2))
        #expect(try other.read(into: buffer, 2..<8) == .moved(2))
        #expect(buffer.bytes(0..<4) == [7, 8, 7, 8])
        #expect(try one.read(into: buffer, 0..<8) == .wouldBlock)
    }

    @Test func `is closed for both when one lets go`() throws {
        var (client, server, _): (Socket?, Socket, Address) = try pair()
        _ = client
        client = nil
        try waitReadable(server)
        #expect(try server.read(into: Buffer(capacity: 4), 0..<4) == .closed)
        let bytes = Buffer(capacity: 1 << 16)
        var last = try server.write(from: bytes, 0..<(1 << 16))
        while case .moved = last { last = try server.write(from: bytes, 0..<(1 << 16)) }
        #expect(last == .closed)
    }

    @Test func `takes any free port, and refuses one that is taken`() throws {
        let first = try Socket.listen(loopback)
        let address = try first.ownAddress()
        #expect(address.port != 0)
        #expect { try Socket.listen(address) } throws: {
            ($0 as? SystemError)?.isAddressInUse == true
        }
    }

    @Test func `tells why nobody answered`() throws {
        let address = try Socket.listen(loopback).ownAddress()
        let poller = try Poller()
        do throws(SystemError) {
            let client = try Socket.connect(address)
            try poller.add(client.descriptor, token: 1, reads: false, writes: true)
            _ = try poller.wait(milliseconds: 5000)
            #expect(client.connectFailure() != nil)
        } catch {
            #expect(error.call == "connect")
        }
    }
}
