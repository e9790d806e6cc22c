import Genome
import Wire

/// Whether the records that named keys were told still stand. A publisher keeps no list of whom she
/// told: whoever was away when she took a layer or a grant back asks when both meet again.
extension Swarm {
    /// Looks up, once in a session, what its peer told of layers for named keys: a while after its
    /// beginning, when both sides have shown for whom they act.
    mutating func checkGrantsIfDue() {
        for (number, session) in sessions.entries where !session.isClosing {
            guard let due = session.grantsDue, due <= now.monotonic else { continue }
            _ = sessions.change(number) { $0.grantsDue = nil }
            effects.append(.findGranted(number, session.facts.peer))
        }
    }

    /// Asks a peer whether its words about some layers still stand.
    mutating func askGranted(_ layers: [Digest], of number: SessionNumber) {
        let asked = sessions.change(number) { session in
            let room = Message.grantsMax - session.grantsAsked.count
            let asked = layers.filter { !session.grantsAsked.contains($0) }.prefix(room)
            session.grantsAsked.formUnion(asked)
            return Array(asked)
        }
        if let asked, !asked.isEmpty { send(.grantQuestion(asked), to: number) }
    }

    /// Answers such a question. Whoever may not know of a layer gets the answer for one that is not
    /// here.
    mutating func receive(grantQuestion layers: [Digest], from number: SessionNumber) {
        let caller = caller(number)
        let ended = layers.filter { id in
            guard let layer = held[id], let caller, case .restricted = domain(of: layer) else {
                return true
            }
            return decide(.see, layer.policy, by: caller) != .allow
        }
        send(.grantAnswer(ended), to: number)
    }

    /// The peer's own records about these layers are for this node no more.
    mutating func receive(grantAnswer layers: [Digest], from number: SessionNumber) {
        guard let session = sessions[number] else { return }
        guard layers.allSatisfy(session.grantsAsked.contains) else {
            blame(number, "answered what it was not asked")
            return
        }
        _ = sessions.change(number) { $0.grantsAsked.removeAll() }
        if !layers.isEmpty { effects.append(.forgetGranted(layers, by: session.facts.peer)) }
    }
}
