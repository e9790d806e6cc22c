import Host
import Swarm
import Testing
import Wire

@testable import Node

@Suite("Circuits that end in a lane")
struct CircuitTableTests {
    private let ended = Lock([CircuitEnd]())

    private func table() throws -> (CircuitTable, LinkShared) {
        let ended = ended
        let shared = LinkShared(
            identity: try LinkSharedTests.identity(1),
            report: { event in
                if case .circuitEnded(let end) = event { ended.withLock { $0.append(end) } }
            }
        ) { _ in }
        return (CircuitTable(shared: shared), shared)
    }

    @Test func `words about circuits that end here stay here, others are the core's`() throws {
        let (table, _) = try table()
        let (own, other) = try Socket.pair()
        let end = CircuitEnd(session: 5, circuit: 2)
        let circuit = try Circuit(
            end, token: 77, channel: 9, socket: own, poller: try Poller())
        table.add(circuit)
        #expect(table.circuit(token: 77) === circuit)
        #expect(table.receive(.bytes(circuit: 2, [1, 2]), over: 5) == [])
        #expect(table.receive(.bytes(circuit: 2, [1, 2]), over: 6) == nil, "another session")
        #expect(table.receive(.bytes(circuit: 3, [1, 2]), over: 5) == nil, "another circuit")
        #expect(table.receive(.opened(circuit: 2), over: 5) == nil, "the core decides")
        let space = Buffer(capacity: 16)
        #expect(try other.read(into: space, 0..<16) == .moved(2))
        #expect(table.end(end) == 9 && table.end(end) == nil)
        #expect(table.circuit(token: 77) == nil && circuit.isOver)
        #expect(ended.withLock { $0.isEmpty }, "the core said so itself")
    }

    @Test func `a circuit that is over is forgotten, and the core is told`() throws {
        let (table, _) = try table()
        let (own, other) = try Socket.pair()
        let end = CircuitEnd(session: 5, circuit: 2)
        table.add(
            try Circuit(end, token: 77, channel: 9, socket: own, poller: try Poller()))
        let chunk = [UInt8](repeating: 1, count: RelayMessage.chunkMax)
        var count = 0
        while table.receive(.bytes(circuit: 2, chunk), over: 5) != nil, count < 100 { count += 1 }
        #expect(count < 100 && ended.withLock { $0 } == [end])
        _ = other
    }
}
