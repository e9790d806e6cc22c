import Wire

/// Peers as witnesses: a node shows the signed end of its journal to peers that its owner trusts;
/// they sign that they saw it and that it follows from all they saw before. Nobody can then show
/// one history to some and another to others.
extension Swarm {
    /// Asks for the proof that a peer may be shown; the shell answers with `journalProved` where the
    /// owner trusts the peer and there is something that it has not seen.
    mutating func askWitness(_ number: SessionNumber) {
        guard let session = sessions[number], !session.isClosing else { return }
        _ = sessions.change(number) { session in session.witness.asked = now.monotonic }
        effects.append(
            .proveJournal(number, session.facts.peer, known: session.witness.known))
    }

    /// Shows every peer what came since the last time.
    mutating func askWitnessesIfDue() {
        for number in sessions.keys {
            guard let asked = sessions[number]?.witness.asked,
                now.monotonic - asked >= SwarmLimits.witnessPause
            else { continue }
            askWitness(number)
        }
    }

    mutating func journalProved(_ number: SessionNumber, _ offer: CheckpointOffer) {
        guard sessions[number] != nil else { return }
        _ = sessions.change(number) { session in session.witness.isWaiting = true }
        send(.checkpoint(offer), to: number)
    }

    /// A peer shows its journal.
    mutating func receive(checkpoint offer: CheckpointOffer, from number: SessionNumber) {
        guard let peer = sessions[number]?.facts.peer else { return }
        effects.append(.witness(number, peer, offer))
    }

    /// A witness has seen entries that are gone: the owner must know.
    mutating func witnessAhead(_ number: SessionNumber, _ known: UInt64) {
        guard let peer = sessions[number]?.facts.peer else { return }
        effects.append(
            .log(
                "\(peer.fingerprint) has seen \(known) entries of this node's journal, which has "
                    + "fewer: was an old copy of the home put back?"))
    }

    /// A witness speaks: its signature, or how much of the journal it knows.
    mutating func receive(cosignature word: WitnessWord, from number: SessionNumber) {
        guard let session = sessions[number], session.witness.isWaiting else { return }
        let isNews = session.witness.known != word.known
        _ = sessions.change(number) { session in
            session.witness.isWaiting = false
            session.witness.known = word.known
        }
        if !word.line.isEmpty {
            effects.append(.keepCosignature(word.line))
        } else if isNews, !session.witness.isSecond {
            // It knows another part than was thought: once more, from there.
            _ = sessions.change(number) { session in session.witness.isSecond = true }
            askWitness(number)
            return
        }
        _ = sessions.change(number) { session in session.witness.isSecond = false }
    }
}
