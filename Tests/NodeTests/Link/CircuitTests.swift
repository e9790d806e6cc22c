import Host
import Swarm
import Testing
import Wire

@testable import Node

@Suite("An end of a circuit")
struct CircuitTests {
    /// A circuit and the socket of the connection that runs over it.
    private func pair() throws -> (Circuit, Socket, Poller) {
        let (own, other) = try Socket.pair()
        let poller = try Poller()
        let end = CircuitEnd(session: 5, circuit: 2)
        let circuit = try Circuit(end, token: 77, channel: 9, socket: own, poller: poller)
        return (circuit, other, poller)
    }

    private func turn(_ circuit: Circuit, _ poller: Poller) throws -> [RelayMessage] {
        try poller.wait(milliseconds: 200).filter { $0.token == 77 }.flatMap { circuit.ready($0) }
    }

    private func write(_ bytes: [UInt8], to socket: Socket) throws -> Int {
        let buffer = Buffer(capacity: bytes.count)
        buffer.store(bytes, at: 0)
        guard case .moved(let count) = try socket.write(from: buffer, 0..<bytes.count) else {
            return 0
        }
        return count
    }

    private func read(_ count: Int, from socket: Socket) throws -> [UInt8] {
        let buffer = Buffer(capacity: count)
        guard case .moved(let moved) = try socket.read(into: buffer, 0..<count) else { return [] }
        return buffer.bytes(0..<moved)
    }

    @Test func `bytes become chunks within the window, and go on when more is allowed`() throws {
        let (circuit, socket, poller) = try pair()
        var sent = 0
        var received: [UInt8] = []
        let bytes = Laboratory.bytes(1 << 20)
        func pump() throws {
            for _ in 0..<200 {
                if sent < bytes.count {
                    sent += try write(Array(bytes[sent...].prefix(65_536)), to: socket)
                }
                let words = try turn(circuit, poller)
                for case .bytes(let number, let chunk) in words {
                    #expect(number == 2 && chunk.count <= RelayMessage.chunkMax)
                    received += chunk
                }
                if words.isEmpty { return }
            }
        }
        try pump()
        #expect(received.count == Int(RelayMessage.window), "the window is full")
        for case .bytes(_, let chunk) in circuit.allow(100) { received += chunk }
        #expect(received.count == Int(RelayMessage.window) + 100)
        for case .bytes(_, let chunk) in circuit.allow(RelayMessage.window) { received += chunk }
        try pump()
        #expect(received == bytes)
    }

    @Test func `chunks become bytes, and as many are allowed anew as were taken`() throws {
        let (circuit, socket, poller) = try pair()
        let bytes = Laboratory.bytes(3 << 18)
        var allowed: UInt64 = 0
        var received: [UInt8] = []
        func note(_ words: [RelayMessage]) {
            for case .allow(_, let count) in words { allowed += count }
        }
        for start in stride(from: 0, to: bytes.count, by: RelayMessage.chunkMax) {
            note(circuit.take(Array(bytes[start..<start + RelayMessage.chunkMax])))
            received += try read(1 << 16, from: socket)
        }
        while received.count < bytes.count {
            note(try turn(circuit, poller))
            received += try read(1 << 16, from: socket)
        }
        #expect(received == bytes && !circuit.isOver)
        #expect(allowed >= UInt64(bytes.count) - RelayMessage.window / 4)
    }

    @Test func `a relay that sends more than it was allowed ends it`() throws {
        let (circuit, socket, _) = try pair()
        let chunk = [UInt8](repeating: 1, count: RelayMessage.chunkMax)
        for _ in 0..<200 where !circuit.isOver { _ = circuit.take(chunk) }
        #expect(circuit.isOver)
        _ = socket
    }

    @Test func `what was said before the end still goes`() throws {
        let (circuit, socket, poller) = try pair()
        var other: Socket? = socket
        _ = try other.map { try write([1, 2, 3], to: $0) }
        other = nil
        _ = other
        let end = CircuitEnd(session: 5, circuit: 2)
        _ = end
        #expect(try turn(circuit, poller) == [.bytes(circuit: 2, [1, 2, 3])])
        circuit.finish()
        #expect(circuit.isOver)
    }
}
