import Wire

extension Swarm {
    /// The session with a peer, if there is one that is not closing.
    func session(with peer: NodeKey) -> SessionNumber? {
        sessions.entries.first { $0.value.facts.peer == peer && !$0.value.isClosing }?.key
    }

    mutating func send(_ message: Message, to number: SessionNumber) {
        guard let session = sessions[number], !session.isClosing else { return }
        effects.append(.send(number, message))
    }

    mutating func close(_ number: SessionNumber, _ reason: String) {
        let isFirst = sessions.change(number) { session in
            defer { session.isClosing = true }
            return !session.isClosing
        }
        guard isFirst == true else { return }
        effects.append(.close(number, reason: reason))
        forgetRequests(of: number)
        closeStripes(of: number)
    }

    /// Notes a proven fault; too many end the session and keep the peer out for a while.
    mutating func blame(_ number: SessionNumber, _ fault: String) {
        let count = sessions.change(number) { session in
            session.faults += 1
            return session.faults
        }
        guard let count, count >= SwarmLimits.faultsMax, let session = sessions[number],
            !session.isClosing
        else { return }
        let peer = session.facts.peer
        effects.append(.log("closing the session with \(peer.fingerprint): it \(fault)"))
        close(number, "too many faults, the last: \(fault)")
        ban(peer, "it \(fault)", isShutOut: true)
    }

    /// Leaves a peer alone for a while; shut out, it gets no session either.
    mutating func ban(_ peer: NodeKey, _ reason: String, isShutOut: Bool) {
        bans.ban(peer, reason, isShutOut: isShutOut, at: now.monotonic)
    }

    mutating func open(_ number: SessionNumber, _ facts: SessionFacts) {
        guard facts.peer != settings.node else {
            meetOwnKey(number, facts)
            return
        }
        contactConnected(facts)
        relayedDialStands(facts)
        relayMoved(facts)
        punched(facts)
        if facts.isInitiator, facts.path.isOwn {
            addresses.answered(facts.peer, at: facts.endpoint, at: now)
        }
        if let reason = refusal(of: facts) {
            effects.append(.close(number, reason: reason))
            contactLost(facts.peer, after: 0)
            if session(with: facts.peer) == nil {
                perform(neighbourhood.dialFailed(facts.peer, at: now.monotonic))
            }
            return
        }
        if let other = session(with: facts.peer) {
            close(other, Self.otherSession)
        } else if !hasRoom(for: facts) {
            admission.refused += 1
            effects.append(.close(number, reason: Self.noRoom))
            contactLost(facts.peer, after: 0)
            return
        }
        sessions[number] = Session(facts, seed: generator.next(), at: now.monotonic)
        introduce(to: number, facts)
        if settings.isLight {
            // It has nothing to compare.
        } else if facts.isInitiator {
            startReconciliation(with: number)
        } else {
            // One comparison serves both sides: who dialled begins.
            let due = now.monotonic + SwarmLimits.firstComparisonPause
            _ = sessions.change(number) { $0.comparisonDue = due }
        }
        openCircles(number)
        openHolds(number)
        askWitness(number)
        feelerAnswered(number, facts)
        sessionReady(number)
    }

    /// The reason that a peer gives which has a session with this key already.
    static let otherSession = "another session stands"

    /// Why a session may not stand; nil when it may.
    private func refusal(of facts: SessionFacts) -> String? {
        if isStopping { return "stopping" }
        if bans[facts.peer]?.isShutOut == true { return "too many faults a while ago" }
        if let other = session(with: facts.peer) {
            return isBetter(facts, than: other) ? nil : Self.otherSession
        }
        return nil
    }

    /// Of two sessions with one peer both sides keep the same: the one dialled by the lower key,
    /// or the newer one when both were dialled by the same side. One without a relay is always
    /// better.
    private func isBetter(_ facts: SessionFacts, than other: SessionNumber) -> Bool {
        guard let standing = sessions[other]?.facts else { return true }
        if standing.path.isRelayed != facts.path.isRelayed { return standing.path.isRelayed }
        if standing.isInitiator == facts.isInitiator { return true }
        return facts.isInitiator == (settings.node < facts.peer)
    }

    private mutating func introduce(to number: SessionNumber, _ facts: SessionFacts) {
        let relays = isRelay ? Introduction.relays : 0
        let introduction = Introduction(
            features: features | Introduction.reach | Introduction.challenges | relays
                | Introduction.stripes | Introduction.codedGroups | Introduction.parts
                | (settings.datagramPort == nil ? 0 : Introduction.datagrams),
            endpoints: ownEndpoints,
            observed: facts.path.isRelayed ? nil : facts.endpoint, label: settings.label,
            software: settings.software, wallMilliseconds: now.wall)
        send(.introduction(introduction), to: number)
    }

    mutating func closed(_ number: SessionNumber, _ reason: String) {
        ownKeyGone(number)
        guard let session = sessions[number] else { return }
        noteBroken(session)
        part(number)
        closeDatagrams(number)
        leaveCircles(number)
        forgetSearches(over: number)
        abandon(number)
        sessions[number] = nil
        relayGone(number)
        punchGone(number)
        if session.introduction == nil, session.facts.isInitiator {
            // It took the call and hung up: nobody is there for this node.
            perform(neighbourhood.dialFailed(session.facts.peer, at: now.monotonic))
        }
        forgetRequests(of: number)
        serving.end(number)
        closeStripes(of: number)
        if session.facts.isInitiator, session.facts.path.isOwn {
            addresses.stood(session.facts.peer, at: now)
        }
        // One that brought a proven part or group was of use, however short: on a line that
        // breaks each few seconds the pauses would else grow longer than what comes between.
        let span = now.monotonic - session.opened
        let isProven = session.received >= PartLimits.usefulBytes
        contactLost(
            session.facts.peer, after: isProven ? max(span, SwarmLimits.settledAfter) : span)
        sessionGone(session.facts.peer)
        mirroring.presence.left(session.facts.peer, at: now.monotonic)
    }

    mutating func receive(_ message: Message, from number: SessionNumber) {
        if hearOwnKey(number, message) { return }
        guard let session = sessions[number], !session.isClosing else { return }
        _ = sessions.change(number) { $0.heard = now.monotonic }
        // What members say to each other is no sign of life to the overlay, which everyone sees.
        if case .circle(let message) = message { return receive(message, from: number) }
        if session.isNeighbour { hearNeighbour(number, message) }
        guard mayAsk(message, number) else { return }
        switch message {
        case .introduction(let introduction): introduced(number, introduction)
        case .ping(let value): send(.pong(value), to: number)
        case .pong(let value): pong(value, from: number)
        case .goodbye(let reason):
            noteRefusal(reason, by: session.facts.peer, in: number)
            if reason == Self.noRoom { wait(for: session.facts.peer) }
            close(number, "the peer said goodbye: \(reason)")
        case .neighbour(let message): receive(message, from: number)
        case .reach(let message): receive(message, from: number)
        case .relay(let message): receive(message, from: number)
        case .punch(let message): receive(message, from: number)
        case .datagrams(let offer): receive(offer, from: number)
        case .rekey, .data, .coded, .circle, .unknown: break
        case .identifiersRequest(let after):
            answer(number, .listIdentifiers(number, after: after))
        case .identifiers(let page): receive(page, from: number)
        case .recordsRequest(let ids): answer(number, .findRecords(number, ids))
        case .records(let records): receive(records, from: number)
        case .sketchRequest(let request): answer(number, .makeSketch(number, request))
        case .sketch(let frame): receive(frame, from: number)
        case .itemsRequest(let items): answer(number, .findItems(number, items))
        case .search(let request): receive(request, from: number)
        case .searchAnswer(let answer): receive(answer, from: number)
        case .open, .envelopeRequest, .groupsRequest, .get, .cancel, .statement:
            serve(message, to: number)
        case .tags(let tags): receive(tags: tags, from: number)
        case .credential(let bytes): receive(credential: bytes, from: number)
        case .hold(let bytes): receive(hold: bytes, from: number)
        case .holdAnswer(let contract, let code, let reason):
            receive(holdAnswer: contract, code, reason, from: number)
        case .holdEnd(let contract): receive(holdEnd: contract, from: number)
        case .checkpoint(let offer): receive(checkpoint: offer, from: number)
        case .cosignature(let word): receive(cosignature: word, from: number)
        case .challenge(let challenge): receive(challenge, from: number)
        case .challengeAnswer(let answer): receive(answer, from: number)
        case .challengeLeaf(let leaf): receive(leaf, from: number)
        case .receipt(let receipt): receive(receipt, from: number)
        case .grantQuestion(let layers): receive(grantQuestion: layers, from: number)
        case .grantAnswer(let layers): receive(grantAnswer: layers, from: number)
        case .holding(let holding): receive(holding, from: number)
        case .holdingChange(let change): receive(change, from: number)
        case .seek(let layer): receive(seek: layer, from: number)
        case .seekers(let layer, let peers):
            receive(seekers: peers, of: layer, from: number)
        case .envelope(let layer, let bytes): receiveEnvelope(bytes, of: layer, from: number)
        case .groups(let blob, let page, let bytes):
            receiveGroups(bytes, page: page, of: blob, from: number)
        case .reject(let request, let reason, let retry):
            rejected(request, reason, retryMilliseconds: retry, from: number)
        }
    }

    /// Whether the peer keeps to what it may do at a time; a message beyond that is a fault.
    mutating func mayAsk(_ message: Message, _ number: SessionNumber) -> Bool {
        let isWithin = sessions.change(number) { session in
            switch message {
            case .ping, .introduction, .tags, .checkpoint, .datagrams, .grantQuestion,
                .grantAnswer:
                session.rates.pings.take(at: now.monotonic)
            case .identifiersRequest, .recordsRequest, .sketchRequest, .itemsRequest, .search:
                session.rates.questions.take(at: now.monotonic)
            case .envelopeRequest, .groupsRequest, .hold, .holdEnd, .seek, .seekers,
                .challenge, .receipt:
                session.rates.documents.take(at: now.monotonic)
            case .relay(.bytes), .relay(.allow): true
            case .reach, .relay, .punch: session.rates.reach.take(at: now.monotonic)
            default: true
            }
        }
        if isWithin == false { blame(number, "asked too much") }
        return isWithin == true
    }

    /// Lets the shell answer a question, unless too many of this peer are being answered.
    mutating func answer(_ number: SessionNumber, _ effect: Effect) {
        guard let session = sessions[number] else { return }
        guard session.answering < SwarmLimits.answeringMax else {
            blame(number, "asked faster than it was answered")
            return
        }
        _ = sessions.change(number) { session in
            session.answering += 1
            session.asked = now.monotonic
        }
        effects.append(effect)
    }

    /// A question of the peer was answered.
    mutating func answered(_ number: SessionNumber) {
        _ = sessions.change(number) { $0.answering = max(0, $0.answering - 1) }
    }

    private mutating func introduced(_ number: SessionNumber, _ introduction: Introduction) {
        guard sessions[number]?.introduction == nil else {
            blame(number, "introduced itself twice")
            return
        }
        _ = sessions.change(number) { $0.introduction = introduction }
        meet(number)
        if let session = sessions[number] { noteCaller(session) }
        relayMet(number)
        punchIfUseful(number)
        // A light node asks for no comparison and has news of its own only.
        if isLight(sessions[number]), sessions[number]?.comparisonDue != nil {
            _ = sessions.change(number) { $0.comparisonDue = now.monotonic }
        }
        hearClock(introduction.wallMilliseconds, of: number)
    }

    /// Any word is a sign of life; one that answers a ping is a measure too.
    private mutating func hearNeighbour(_ number: SessionNumber, _ message: Message) {
        var ping: UInt64?
        if case .pong(let value) = message { ping = value }
        perform(neighbourhood.heard(number, pong: ping, at: now.monotonic))
    }

    private mutating func pong(_ value: UInt64, from number: SessionNumber) {
        _ = datagrams.change(number) { $0.forget(value) }
        _ = sessions.change(number) { session in
            guard let ping = session.ping, ping.number == value else { return }
            session.roundTrip = now.monotonic - ping.sent
            session.measured = now.monotonic
            session.ping = nil
        }
    }

    /// Pings quiet peers and closes dead ones.
    mutating func watchSessions() {
        for (number, session) in sessions.entries where !session.isClosing {
            let silence = now.monotonic - min(now.monotonic, session.heard)
            let age = now.monotonic - min(now.monotonic, session.opened)
            if silence > SwarmLimits.silence {
                close(number, "no word for \(SwarmLimits.silence / Span.second) s")
            } else if session.ping == nil
                && (silence > SwarmLimits.pingAfter
                    || now.monotonic - session.measured > SwarmLimits.measurePause
                    || session.roundTrip == nil && age > Span.reportTick)
            {
                let value = sessions.change(number) { session in
                    let value = session.generator.next()
                    session.ping = (value, now.monotonic)
                    return value
                }
                if let value { send(.ping(value), to: number) }
            } else if let ping = session.ping,
                now.monotonic - ping.sent > SwarmLimits.pingAfter
            {
                _ = sessions.change(number) { $0.ping = nil }
            }
        }
    }
}
