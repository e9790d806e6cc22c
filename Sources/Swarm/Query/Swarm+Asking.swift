import Genome
import Wire

/// Asking others for layers, where the own catalogue is not whole. The question goes to nodes that
/// have sessions with this one, in as many parts of the network as there are; every signature is
/// checked here, and who has less than the others is told.
extension Swarm {
    /// Asks nodes that have the whole catalogue; answered by the effect `searched`.
    mutating func search(_ number: SearchNumber, _ query: LayerQuery) {
        let bytes = CanonicalJSON.write(query.json)
        guard bytes.count <= Limits.questionBytesMax else {
            effects.append(.searched(number, .nobody))
            return
        }
        if asking.questions.count >= SearchLimits.openMax, let first = asking.questions.keys.first {
            endSearch(first)
        }
        var question = Asking.Question(query: query, end: now.monotonic + SearchLimits.patience)
        for session in answerers() {
            guard let facts = sessions[session]?.facts else { continue }
            question.nodes[session] = AskedNode(facts.peer, Netgroup(facts.endpoint))
            _ = sessions.change(session) { $0.searchesAsked += 1 }
            send(.search(SearchRequest(number: number, question: bytes)), to: session)
        }
        asking.questions[number] = question
        endIfDone(number)
    }

    /// Whom to ask: up to eight that answer searches, one of each part of the network in turn, by
    /// chance within it. Whoever rules one part of the network has one voice in as many as there
    /// are parts.
    private mutating func answerers() -> [SessionNumber] {
        var groups: [(group: Netgroup?, sessions: [SessionNumber])] = []
        for (number, session) in sessions.entries where answersSearches(session) {
            let group = Netgroup(session.facts.endpoint)
            if let index = groups.firstIndex(where: { $0.group == group }) {
                groups[index].sessions.append(number)
            } else {
                groups.append((group, [number]))
            }
        }
        for index in groups.indices { groups[index].sessions.shuffle(using: &generator) }
        groups.shuffle(using: &generator)
        var chosen: [SessionNumber] = []
        while chosen.count < SearchLimits.nodesMax, groups.contains(where: { !$0.sessions.isEmpty })
        {
            for index in groups.indices where chosen.count < SearchLimits.nodesMax {
                if let next = groups[index].sessions.popLast() { chosen.append(next) }
            }
        }
        return chosen
    }

    /// Whether the peer of a session said that it answers searches.
    func answersSearches(_ session: Session) -> Bool {
        guard !session.isClosing, let said = session.introduction else { return false }
        return said.features & Introduction.searches != 0
    }

    mutating func receive(_ answer: SearchAnswer, from number: SessionNumber) {
        let wasAsked = sessions.change(number) { session in
            defer { session.searchesAsked = max(0, session.searchesAsked - 1) }
            return session.searchesAsked > 0
        }
        guard wasAsked == true else {
            return blame(number, "answered a search that nobody asked for")
        }
        // One that comes after the end is too late and no fault.
        guard let question = asking.questions[answer.number],
            question.nodes[number]?.state == .awaited
        else { return }
        guard case .found(let reached, let bytes) = answer.outcome else {
            return conclude(answer.number, number, .refused)
        }
        do throws(SearchFault) {
            let found = try AnsweredRecords(bytes, to: question.query, at: now.wall)
            check(found, reached: reached, of: answer.number, from: number)
        } catch {
            blame(number, "answered a search with \(error.words)")
            conclude(answer.number, number, .wrong(error.words))
        }
    }

    private mutating func check(
        _ found: AnsweredRecords, reached: UInt64, of search: SearchNumber,
        from session: SessionNumber
    ) {
        change(search, session) { node in
            node.state = .checked
            node.reached = reached
        }
        let records = found.layers + found.others
        guard !records.isEmpty else { return conclude(search, session, .found(0)) }
        let batch = gossip.nextBatch
        gossip.nextBatch += 1
        asking.checks[batch] = Asking.Check(
            search: search, session: session, layers: found.layers, others: found.others)
        effects.append(.verifyRecords(batch: batch, records))
    }

    /// Whether the batch was an answer's; then its signatures are known now.
    mutating func answerVerified(_ batch: UInt64, _ isValid: [Bool]) -> Bool {
        guard let check = asking.checks[batch] else { return false }
        asking.checks[batch] = nil
        guard isValid.count == check.layers.count + check.others.count,
            isValid.allSatisfy({ $0 })
        else {
            let fault = "a record whose signature is not its publisher's"
            blame(check.session, "answered a search with \(fault)")
            conclude(check.search, check.session, .wrong(fault))
            return true
        }
        var found = AnsweredRecords(layers: check.layers, others: check.others)
        found.keepProven(at: now.wall)
        change(check.search, check.session) { $0.records = found.layers }
        let count = Set(found.layers.compactMap { FoundLayer($0) }).count
        keep(found, from: check.session)
        conclude(check.search, check.session, .found(count))
        return true
    }

    /// Keeps what was found, so that it can be fetched: delegations first, as they come.
    private mutating func keep(_ found: AnsweredRecords, from session: SessionNumber) {
        let records = found.others + found.layers
        guard !records.isEmpty,
            gossip.waiting + records.count <= SwarmLimits.unverifiedMax
        else { return }
        let batch = gossip.nextBatch
        gossip.nextBatch += 1
        gossip.waiting += records.count
        gossip.batches[batch] = Gossip.Batch(
            source: session, isNews: false, isAnswer: true, records: records)
        effects.append(.storeRecords(batch: batch, records))
    }

    private mutating func change(
        _ search: SearchNumber, _ session: SessionNumber, _ body: (inout AskedNode) -> Void
    ) {
        _ = asking.questions.change(search) { question in
            question.nodes.change(session, body)
        }
    }

    private mutating func conclude(
        _ search: SearchNumber, _ session: SessionNumber, _ answer: SearchResult.Answer
    ) {
        change(search, session) { node in
            node.state = .done
            node.answer = answer
        }
        endIfDone(search)
    }

    /// A session ended: nobody waits for its answers.
    mutating func forgetSearches(over session: SessionNumber) {
        for search in asking.questions.keys { conclude(search, session, .silent) }
    }

    // MARK: The end

    private mutating func endIfDone(_ number: SearchNumber) {
        if asking.questions[number]?.isDone == true { endSearch(number) }
    }

    /// Ends the searches whose time is over.
    mutating func endSearches() {
        for (number, question) in asking.questions.entries where question.end <= now.monotonic {
            endSearch(number)
        }
    }

    private mutating func endSearch(_ number: SearchNumber) {
        guard let question = asking.questions[number] else { return }
        asking.questions[number] = nil
        effects.append(.searched(number, SearchResult(question)))
    }
}
