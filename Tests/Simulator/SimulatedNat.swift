import Wire

/// A router between a node and the network, which lends it a port for each call that goes out (the
/// kinds of RFC 3489 §5, which are still what people call them, applied to TCP).
package struct SimulatedNat: Sendable {
    /// Whose calls it lets in.
    package enum Kind: String, CaseIterable, Sendable {
        /// Anybody's, to a port that it lent.
        case fullCone
        /// Those of hosts that were called from that port.
        case restricted
        /// Those of hosts and ports that were called from that port.
        case portRestricted
        /// The same, and each destination is called from another outside port.
        case symmetric
    }

    private struct Inside: Hashable {
        let port: UInt16
        /// Where the call goes, where that decides the outside port.
        let remote: Endpoint?
    }

    package let kind: Kind
    private var lent: [Inside: UInt16] = [:]
    private var owners: [UInt16: UInt16] = [:]
    private var called: [UInt16: Set<Endpoint>] = [:]
    private var next: UInt16 = 20_000

    /// A router that has lent no port yet.
    package init(_ kind: Kind) { self.kind = kind }

    /// A call goes out from a port inside: the port from which the other side sees it come.
    package mutating func callOut(from port: UInt16, to remote: Endpoint) -> UInt16 {
        let inside = Inside(port: port, remote: kind == .symmetric ? remote : nil)
        let outside = lent[inside] ?? lend(port)
        lent[inside] = outside
        called[outside, default: []].insert(remote)
        return outside
    }

    /// The same port as inside where it is free and the kind allows it.
    private mutating func lend(_ port: UInt16) -> UInt16 {
        var outside = port
        if kind == .symmetric || owners[port] != nil {
            repeat { next += 1 } while owners[next] != nil
            outside = next
        }
        owners[outside] = port
        return outside
    }

    /// The port inside that a call from outside comes to; nil where it is dropped.
    package func letIn(to port: UInt16, from remote: Endpoint) -> UInt16? {
        guard let owner = owners[port] else { return nil }
        let known = called[port] ?? []
        let isLetIn =
            switch kind {
            case .fullCone: true
            case .restricted: known.contains { $0.bytes == remote.bytes }
            case .portRestricted, .symmetric: known.contains(remote)
            }
        return isLetIn ? owner : nil
    }
}
