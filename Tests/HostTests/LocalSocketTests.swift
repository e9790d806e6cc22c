import Testing

@testable import Host

@Suite("A local socket")
struct LocalSocketTests {
    private let scratch: Scratch
    private let client: LocalSocket
    private let server: LocalSocket

    init() throws {
        scratch = try Scratch()
        let listener = try LocalSocket.listen(scratch("socket"))
        client = try LocalSocket.connect(scratch("socket"))
        server = try listener.accept()
    }

    @Test func `carries bytes both ways and ends`() throws {
        try client.write([1, 2, 3])
        try server.write([4])
        #expect(try server.read(count: 2) == [1, 2])
        #expect(try server.read(count: 0) == [])
        #expect(try client.read(count: 1) == [4])
        client.shutdown()
        #expect(try server.read(count: 2) == nil)
        #expect(throws: SystemError.self) { try server.write([1]) }
    }

    @Test func `passes an open file that the other side could not open`() throws {
        let file = try scratch.file("secret", [5, 6, 7])
        try Directory.removeFile(scratch("secret"))
        try client.write([9])
        try client.send(file.descriptor)
        try client.write([8])
        #expect(try server.read(count: 1) == [9])
        let received = File(try server.receiveDescriptor(), path: "received")
        #expect(try received.readAll(limit: 9) == [5, 6, 7])
        #expect(received.descriptor.number != file.descriptor.number)
        #expect(try server.read(count: 1) == [8])
    }

    @Test func `takes bytes for no descriptor`() throws {
        try client.write([1, 2, 3, 4])
        #expect(throws: SystemError.self) { try server.receiveDescriptor() }
        client.shutdown()
        #expect(throws: SystemError.self) { try server.receiveDescriptor() }
    }

    @Test func `belongs to its owner and replaces a stale one`() throws {
        #expect(try File.facts(of: scratch("socket")).mode == 0o600)
        _ = try LocalSocket.listen(scratch("socket"))
        #expect(throws: SystemError.self) { try LocalSocket.connect(scratch("none")) }
        let long = scratch(String(repeating: "x", count: 120))
        #expect(throws: SystemError.self) { try LocalSocket.listen(long) }
        #expect(throws: SystemError.self) { try LocalSocket.connect(long) }
    }

    @Test func `wakes who waits for a connection`() throws {
        let listener = try LocalSocket.listen(scratch("other"))
        let ended = Semaphore()
        let thread = try Thread("accept") {
            _ = try? listener.accept()
            ended.signal()
        }
        #expect(!ended.wait(milliseconds: 20))
        listener.shutdown()
        #expect(ended.wait(milliseconds: 5000))
        thread.join()
    }
}
