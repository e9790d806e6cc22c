import Host
import Swarm
import Wire

/// The circuits that end at this node and run over sessions of one lane. A class because the lane
/// and its connections share it; confined to the lane.
final class CircuitTable {
    private var circuits: [CircuitEnd: Circuit] = [:]
    private var ends: [SessionNumber: CircuitEnd] = [:]
    private let shared: LinkShared

    /// No circuits.
    init(shared: LinkShared) { self.shared = shared }

    /// Takes a circuit in.
    func add(_ circuit: Circuit) {
        circuits[circuit.end] = circuit
        ends[circuit.token] = circuit.end
    }

    /// The circuit with a poller's token.
    func circuit(token: SessionNumber) -> Circuit? { ends[token].flatMap { circuits[$0] } }

    /// What a word of a relay leads to, where it is about a circuit that ends here; nil where it is
    /// for the core.
    func receive(_ message: RelayMessage, over session: SessionNumber) -> [RelayMessage]? {
        switch message {
        case .bytes(let number, let bytes):
            guard let circuit = circuits[CircuitEnd(session: session, circuit: number)] else {
                return nil
            }
            return settled(circuit, circuit.take(bytes))
        case .allow(let number, let count):
            guard let circuit = circuits[CircuitEnd(session: session, circuit: number)] else {
                return nil
            }
            return settled(circuit, circuit.allow(count))
        default: return nil
        }
    }

    /// What is said, after a circuit that is over was let go.
    func settled(_ circuit: Circuit, _ said: [RelayMessage]) -> [RelayMessage] {
        guard circuit.isOver else { return said }
        forget(circuit)
        shared.report(.circuitEnded(circuit.end))
        return said
    }

    /// Ends a circuit; the connection that ran over it, if there is one.
    func end(_ end: CircuitEnd) -> SessionNumber? {
        guard let circuit = circuits[end] else { return nil }
        circuit.finish()
        forget(circuit)
        return circuit.channel
    }

    private func forget(_ circuit: Circuit) {
        circuits[circuit.end] = nil
        ends[circuit.token] = nil
    }

    /// Ends all.
    func endAll() {
        for circuit in circuits.values { circuit.finish() }
        circuits = [:]
        ends = [:]
    }
}
