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
        guard sessions.change(session, { $0.rights.tellsAcceptance() }) == true else { return }
        send(.statement(acceptance), to: session)
    }

    /// Takes what a peer says of a layer: that it accepts the terms of one that is here and that
    /// it may know of, or, as its publisher, who may do what with it. Words about other layers
    /// have no answer and leave no trace; a false signature, or another's acceptance, is a fault.
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
        switch statement.kind {
        case .acceptance where statement.publisher == peer:
            hear(acceptance: statement, bytes, from: number)
        case .acceptance: blame(number, "sent a statement that is not its own to send")
        case .grant, .visibility, .withdrawal:
            guard maySpeak(number, for: statement.publisher) else {
                wait(for: statement.publisher, .statement(bytes), from: number)
                return
            }
            hear(publisher: statement, bytes, from: number)
        default: blame(number, "sent a statement of a kind that nobody sends")
        }
    }

    private mutating func hear(
        acceptance statement: Statement, _ bytes: [UInt8], from number: SessionNumber
    ) {
        guard var layer = held[statement.layer], decide(.see, layer, number) == .allow,
            statement.isInForce(at: seconds), layer.policy.take(acceptance: statement)
        else { return }
        held[statement.layer] = layer
        effects.append(.keepStatement(bytes))
    }

    /// What a publisher, or a node that she lets publish, says of her layer: kept where the layer
    /// is here, and a grant to this node also before, so that the record that follows it is
    /// understood.
    private mutating func hear(
        publisher statement: Statement, _ bytes: [UInt8], from number: SessionNumber
    ) {
        if let grant = Grant(statement) {
            let isForOwn = isPublisher(statement.publisher)
            // No fault: whom this node asks for, and where it belongs, the peer may have heard
            // otherwise, also from a stranger who says that this node acts for her.
            guard isForOwn || myself.isMeant(by: grant.grantee) else { return }
            if grant.isInForce(at: seconds), !isForOwn {
                _ = sessions.change(number) {
                    $0.rights.granted[statement.layer] = statement.publisher
                }
            }
            effects.append(.keepStatement(bytes))
            if !grant.isInForce(at: seconds) { askGranted([statement.layer], of: number) }
        } else {
            askGranted([statement.layer], of: number)
        }
        guard var layer = held[statement.layer], layer.take(statement, bytes) else { return }
        if statement.kind != .grant { effects.append(.keepStatement(bytes)) }
        if statement.kind == .withdrawal { tellWithdrawal(layer) }
        hold(layer)
    }
}
