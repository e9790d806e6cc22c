import Host
import Testing
import Wire

@testable import Node

@Suite("A connection that came in")
struct ConnectionTests {
    /// A connection over a real socket, driven by hand, and its other end.
    private func pair() throws -> (Connection, Socket, LinkShared) {
        let listener = try Socket.listen(try #require(Address("127.0.0.1:0")))
        let other = try Socket.connect(try listener.ownAddress())
        let (connection, shared) = try answered(at: listener)
        return (connection, other, shared)
    }

    /// The connection of whoever calls a listener.
    private func answered(at listener: Socket) throws -> (Connection, LinkShared) {
        let waiting = try Poller()
        try waiting.add(listener.descriptor, token: 1, reads: true, writes: false)
        _ = try waiting.wait(milliseconds: 5000)
        let (socket, address) = try #require(try listener.accept())
        let shared = LinkShared(
            identity: try LinkSharedTests.identity(1), report: { _ in }
        ) { _ in }
        let connection = Connection(3, shared: shared, poller: try Poller(), dialling: nil)
        let endpoint = try #require(Endpoint(address))
        #expect(shared.door.enter(endpoint, at: 1))
        connection.answer(socket, from: endpoint)
        return (connection, shared)
    }

    /// Lets the connection take what was sent.
    private func turn(_ connection: Connection) throws {
        for event in try connection.poller.wait(milliseconds: 2000) { connection.ready(event) }
    }

    private func send(_ bytes: [UInt8], over socket: Socket) throws {
        let buffer = Buffer(capacity: max(1, bytes.count))
        buffer.store(bytes, at: 0)
        #expect(try socket.write(from: buffer, 0..<bytes.count) == .moved(bytes.count))
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `is closed by garbage`(_ seed: UInt64) throws {
        let (connection, other, _) = try pair()
        try send([0, 64] + Laboratory.bytes(64, seed: seed), over: other)
        try turn(connection)
        #expect(connection.isClosed)
    }

    @Test func `is closed by frames that no handshake has`() throws {
        for bytes in [[0, 0, 1, 2] as [UInt8], [0xff, 0xff, 1, 2]] {
            let (connection, other, _) = try pair()
            try send(bytes, over: other)
            try turn(connection)
            #expect(connection.isClosed)
        }
    }

    @Test func `waits for a hello that comes in pieces, but not for ever`() throws {
        let (connection, other, _) = try pair()
        try send([0], over: other)
        try turn(connection)
        try send([72, 0x50, 0x4c], over: other)
        try turn(connection)
        #expect(!connection.isClosed && !connection.isStanding)
        connection.checkTime(Clock.monotonic())
        #expect(!connection.isClosed)
        connection.checkTime(Clock.monotonic() + Connection.handshakePatience + 1)
        #expect(connection.isClosed)
    }

    @Test func `leaves the door when it ends, once`() throws {
        let (connection, other, shared) = try pair()
        try send([0, 0], over: other)
        try turn(connection)
        connection.fail("again")
        connection.abandon("and again")
        let here = try #require(Endpoint(bytes: [127, 0, 0, 1], port: 1))
        for _ in 0..<Door.pendingMax { #expect(shared.door.enter(here, at: 1)) }
        #expect(!shared.door.enter(here, at: 1))
    }

    /// Two connections that stand with each other: the one that came in, and the one that called.
    private func standing() throws -> (came: Connection, called: Connection, LinkShared) {
        let listener = try Socket.listen(try #require(Address("127.0.0.1:0")))
        let callers = LinkShared(
            identity: try LinkSharedTests.identity(2), report: { _ in }
        ) { _ in }
        let called = Connection(
            4, shared: callers, poller: try Poller(),
            dialling: .init(
                dial: 1, endpoints: [try #require(Endpoint(try listener.ownAddress()))],
                expected: nil, known: nil))
        called.connectNext("no address")
        let (came, shared) = try answered(at: listener)
        for _ in 0..<50 where !(came.isStanding && called.isStanding) {
            for side in [called, came] {
                for event in try side.poller.wait(milliseconds: 100) { side.ready(event) }
            }
        }
        #expect(came.isStanding && called.isStanding)
        return (came, called, shared)
    }

    @Test func `gives a peer up that takes nothing of what is sent to it`() throws {
        for isReading in [false, true] {
            let (came, called, shared) = try standing()
            for request in 1...12 as ClosedRange<UInt64> {
                let buffer = try #require(shared.leaving.take())
                buffer.count = 1 << 20
                came.sendGroup(request, buffer)
            }
            #expect(came.isWaitingToWrite)
            let now = Clock.monotonic()
            came.checkTime(now)
            if isReading {
                // What nobody asked for ends it soon; until then it takes a frame or more.
                let socket = try #require(called.socket)
                let buffer = Buffer(capacity: 1 << 20)
                _ = try socket.read(into: buffer, 0..<buffer.capacity)
                for _ in 0..<5 {
                    for event in try came.poller.wait(milliseconds: 100) { came.ready(event) }
                }
            }
            came.checkTime(now + PeerReading.patience - 1)
            #expect(!came.isClosed)
            came.checkTime(now + PeerReading.patience)
            #expect(came.isClosed != isReading)
            called.abandon("done")
            came.abandon("done")
        }
    }
}
