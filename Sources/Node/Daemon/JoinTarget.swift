import Host
import Swarm
import Wire

/// Whom to join: a ticket, or an address whose node shows its key at the handshake.
struct JoinTarget: Sendable {
    /// The expected key; nil for a bare address.
    let key: NodeKey?
    /// Where to dial.
    let endpoints: [Endpoint]
    /// Relays over which the node of a ticket is reached where nobody can call it.
    let relays: [PeerAddress]

    /// Reads a ticket or `HOST:PORT`; a host name is looked up here.
    init(_ text: String) throws(Failure) {
        if let ticket = try? Ticket(text: text) {
            guard !ticket.endpoints.isEmpty || !ticket.relays.isEmpty else {
                throw Failure(.refused, "the ticket holds no address")
            }
            (key, endpoints, relays) = (ticket.key, ticket.endpoints, ticket.relays)
            return
        }
        guard Address.split(text) != nil else {
            throw Failure(
                .usage, "\(text.prefix(80)) is neither a ticket nor HOST:PORT",
                remedy: "ask for a ticket: plasmid ticket prints one on the other machine")
        }
        let found = Address.resolve(text).compactMap { Endpoint($0) }
        guard !found.isEmpty else {
            throw Failure(.unreachable, "no address is known for \(text)")
        }
        key = nil
        relays = []
        endpoints = Array(found.prefix(Limits.endpointsMax))
    }

    /// The target of a ticket.
    init(_ ticket: Ticket) {
        (key, endpoints, relays) = (ticket.key, ticket.endpoints, ticket.relays)
    }

    /// What tells the core.
    var input: Input { .join(endpoints: endpoints, key: key, relays: relays) }
}
