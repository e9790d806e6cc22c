import Genome
import Wire

/// Terms that must be accepted: who takes a layer in says so to each source, and both keep it.
extension Swarm {
    /// Tells a source, once, that the owner accepts the terms of what is fetched.
    mutating func accept(_ number: FetchNumber, to session: SessionNumber) {
        guard let fetch = fetches[number], let acceptance = fetch.request.acceptance,
            !fetch.accepted.contains(session)
        else { return }
        _ = fetches.change(number) { $0.accepted.insert(session) }
        send(.statement(acceptance), to: session)
    }

    /// Takes a peer's word that it accepts the terms of a layer that is here and that it may know
    /// of. Words about other layers have no answer and leave no trace; a false signature, or
    /// another's word, is a fault.
    mutating func hear(_ bytes: [UInt8], from number: SessionNumber) {
        guard let session = sessions[number], !session.isClosing else { return }
        let peer = session.facts.peer
        guard session.statements < SwarmLimits.statementsPerSessionMax else {
            blame(number, "sent more statements than there is reason for")
            return
        }
        _ = sessions.change(number) { $0.statements += 1 }
        let statement: Statement
        do throws(GenomeError) {
            let envelope = try Envelope.decode(bytes, payloadMax: Limits.envelopeBytesMax)
            statement = try Statement.verified(in: envelope)
        } catch {
            blame(number, "sent a statement that is not valid: \(error)")
            return
        }
        guard statement.publisher == peer, statement.kind == .acceptance else {
            blame(number, "sent a statement that is not its own to send")
            return
        }
        guard var layer = held[statement.layer], decide(.see, layer, peer: peer) == .allow,
            statement.isInForce(at: Int64(clamping: now.wall / 1_000)),
            layer.policy.take(acceptance: statement)
        else { return }
        held[statement.layer] = layer
        effects.append(.keepStatement(bytes))
    }
}
