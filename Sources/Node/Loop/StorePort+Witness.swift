import Host
import Store
import Swarm
import Wire

/// The journal as it is shown to peers, and the journals that they show.
extension StorePort {
    /// Proves to a peer that the owner trusts what came to the journal since it saw it last.
    func proveJournal(_ session: SessionNumber, to peer: NodeKey, known: UInt64) {
        onIndexLane { [self] in
            guard (try? library.index.contact(peer))?.isTrusted == true else { return }
            if known > library.journal.count {
                post(.witnessAhead(session, known: known))
            } else if let offer = try? library.journal.offer(known: known) {
                post(.journalProved(session, offer))
            }
        }
    }

    /// Bears witness of the journal of a peer, or says why not.
    func witness(_ session: SessionNumber, _ peer: NodeKey, _ offer: CheckpointOffer) {
        onIndexLane { [self] in
            let seconds = Clock.wallMilliseconds() / 1_000
            let contact = try? library.index.contact(peer)
            let outcome = try? library.witness.witness(
                offer, of: peer, isTrusted: contact?.isTrusted == true, at: seconds)
            switch outcome {
            case .cosigned(let count, let line):
                post(.witnessed(session, WitnessWord(known: count, line: line)))
            case .known(let count): post(.witnessed(session, WitnessWord(known: count)))
            case .refused(let reason): post(.witnessRefused(session, reason))
            case .full, nil: return
            }
        }
    }

    /// Keeps the word of a witness on the own journal.
    func keep(cosignature line: String) {
        onIndexLane { [library] in _ = try? library.journal.take(witness: line) }
    }
}
