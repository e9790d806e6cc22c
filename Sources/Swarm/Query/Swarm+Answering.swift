import Genome
import Wire

/// Answering the searches of nodes that have no whole catalogue: from records for everyone alone,
/// so often and no more, and with one refusal whatever the reason.
extension Swarm {
    mutating func receive(_ request: SearchRequest, from number: SessionNumber) {
        guard let query = try? LayerQuery.decode(request.question) else {
            blame(number, "asked a search that is not well-formed")
            return refuse(request.number, number)
        }
        guard standing == .whole, mayBeAnswered(number) else {
            return refuse(request.number, number)
        }
        asking.answered += 1
        answer(number, .searchRecords(number, search: request.number, query))
    }

    /// The catalogue has searched for a peer; nil where it could not.
    mutating func recordsSearched(
        _ number: SessionNumber, _ search: SearchNumber, _ found: FoundRecords?
    ) {
        answered(number)
        guard let found else { return refuse(search, number) }
        let outcome = SearchAnswer.Outcome.found(reached: found.reached, records: found.records)
        send(.searchAnswer(SearchAnswer(number: search, outcome: outcome)), to: number)
    }

    private mutating func refuse(_ search: SearchNumber, _ number: SessionNumber) {
        asking.refused += 1
        send(.searchAnswer(SearchAnswer(number: search, outcome: .refused)), to: number)
    }

    /// Whether the peer keeps to what it may ask: a member of an organisation that this node
    /// belongs to more than others, and all others together so much.
    private mutating func mayBeAnswered(_ number: SessionNumber) -> Bool {
        let rights = sessions[number]?.rights
        let isKnown = rights?.circles.isEmpty == false || rights?.memberships.isEmpty == false
        let mayAsk = sessions.change(number) { session in
            isKnown
                ? session.rates.knownSearches.take(at: now.monotonic)
                : session.rates.searches.take(at: now.monotonic)
        }
        guard mayAsk == true else { return false }
        return isKnown || asking.strangers.take(at: now.monotonic)
    }
}
