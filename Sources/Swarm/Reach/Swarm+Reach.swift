import Wire

/// What a node knows of its own place in the network.
struct Reaching: Sendable {
    /// Its address as others see it.
    var own = OwnAddress()
    /// Whether it can be called.
    var reachability = Reachability()
    /// The question under way.
    var asked: (session: SessionNumber, number: UInt64, host: [UInt8], until: UInt64)?
    /// Monotonic nanoseconds before which no other is asked.
    var nextAsk: UInt64 = 0
    /// Calls that this node makes for peers, by dial.
    var calls = OrderedTable<UInt64, (session: SessionNumber, number: UInt64)>()
    /// Calls that it may still make.
    var bucket = ReachLimits.calls
    /// What the last Node record said of it, and when a new one may be said.
    var told = Presence()
    var nextTell: UInt64 = 0
}

/// What a Node record says of where a node is reached.
struct Presence: Equatable, Sendable {
    var endpoints: [Endpoint] = []
    var reach: NodeContent.Reach?
    var relays: [PeerAddress] = []
    var isRelay = false
}

extension Introduction {
    /// The bit of `features` that says: this node calls back, and speaks of relays and punches.
    static let reach: UInt64 = 2
    /// The bit that says: this node relays for others.
    static let relays: UInt64 = 4
}

extension Swarm {
    // MARK: What is known

    /// Whether this node can be called from outside, by what peers found.
    var reachVerdict: Reachability.Verdict {
        reaching.reachability.verdict(at: now.monotonic)
    }

    /// Whether others can reach this node only if somebody relays: it was called in vain, or it
    /// has no global address of its own and nobody has called it yet.
    var needsRelay: Bool {
        switch reachVerdict {
        case .reachable: false
        case .unreachable: true
        case .unknown:
            !settings.endpoints.contains { $0.reach == .global }
                && sessions.values.contains {
                    $0.facts.path.isOwn && $0.facts.endpoint.reach == .global
                }
        }
    }

    /// The port that this node listens on.
    var listeningPort: UInt16? {
        settings.endpoints.first.map(\.port).flatMap { $0 == 0 ? nil : $0 }
    }

    /// Where this node is dialled: also the address that a router lends it, once somebody reached
    /// it there.
    var ownEndpoints: [Endpoint] {
        guard reachVerdict == .reachable, let port = listeningPort else {
            return settings.endpoints
        }
        let lent = reaching.own.hosts.filter { host in
            reaching.reachability.wasReached(at: host)
                && !settings.endpoints.contains { $0.bytes == host }
        }.compactMap { Endpoint(bytes: $0, port: port) }
        return Array((lent + settings.endpoints).prefix(Limits.endpointsMax))
    }

    /// What the next Node record says.
    var presence: Presence {
        let verdict = reachVerdict
        var presence = Presence(endpoints: ownEndpoints, isRelay: isRelay)
        switch verdict {
        case .reachable: presence.reach = .reachable
        case .unreachable: presence.reach = .unreachable
        case .unknown: presence.reach = needsRelay ? .unreachable : nil
        }
        if verdict != .reachable { presence.relays = relayAddresses }
        return presence
    }

    // MARK: Time

    /// Looks at what peers say of this node's address, has it called where that is due, and tells
    /// everybody what changed.
    mutating func watchReach() {
        let sightings = sessions.values.compactMap { session -> OwnAddress.Sighting? in
            guard session.facts.path.isOwn, let seen = session.introduction?.observed else {
                return nil
            }
            return OwnAddress.Sighting(observer: session.facts.endpoint, seen: seen)
        }
        if reaching.own.look(sightings) { reaching.reachability.forget() }
        askForCall()
        guard reaching.nextTell <= now.monotonic, reaching.told != presence else { return }
        // Whoever is told of this node by its neighbours should not dial it in vain either.
        neighbourhood.setOwn(
            reachVerdict == .unreachable
                ? ownEndpoints.filter { $0.reach != .global } : ownEndpoints)
        publishing.nodeDue = now.monotonic
    }

    /// A Node record is about to say this.
    mutating func presenceTold(_ presence: Presence) {
        reaching.told = presence
        reaching.nextTell = now.monotonic + ReachLimits.tellPause
    }

    // MARK: Asking

    private mutating func askForCall() {
        if let asked = reaching.asked {
            guard asked.until <= now.monotonic || sessions[asked.session] == nil else { return }
            reaching.asked = nil
        }
        guard !isStopping, reaching.nextAsk <= now.monotonic, let port = listeningPort else {
            return
        }
        reaching.nextAsk = now.monotonic + ReachLimits.askPause
        let able = sessions.entries.filter { mayCall($0.value) }.map(\.key)
        guard let number = able.randomElement(using: &generator),
            let seen = sessions[number]?.introduction?.observed
        else { return }
        let question = generator.next()
        reaching.asked = (
            number, question, seen.bytes, now.monotonic + ReachLimits.answerPatience
        )
        send(.reach(.callBack(number: question, port: port)), to: number)
    }

    /// Whether the peer of a session may be asked to call. One that was dialled from the port that
    /// this node listens on may not: routers let it in for that reason alone.
    private func mayCall(_ session: Session) -> Bool {
        guard !session.isClosing, session.facts.path == .direct,
            let said = session.introduction, said.features & Introduction.reach != 0,
            said.observed?.reach == .global, let group = Netgroup(session.facts.endpoint)
        else { return false }
        return reaching.reachability.isDue(group, at: now.monotonic)
            && !isCalledFromPort(session.facts.endpoint.bytes)
    }

    /// Whether a session to this address was dialled from the port that this node listens on.
    private func isCalledFromPort(_ host: [UInt8]) -> Bool {
        sessions.values.contains {
            $0.facts.path == .directFromPort && $0.facts.endpoint.bytes == host
        }
    }

    mutating func receive(_ message: ReachMessage, from number: SessionNumber) {
        switch message {
        case .callBack(let question, let port): callBack(question, port, number)
        case .called(let question, let outcome):
            guard let asked = reaching.asked, asked.session == number, asked.number == question
            else { return }
            reaching.asked = nil
            guard outcome != .notNow, let facts = sessions[number]?.facts,
                let group = Netgroup(facts.endpoint)
            else { return }
            reaching.reachability.note(
                .init(
                    isReached: outcome == .reached, host: asked.host, at: now.monotonic), by: group)
        }
    }

    /// A peer at a global address called this node and says where: it can be called.
    mutating func noteCaller(_ session: Session) {
        guard session.facts.path == .direct, !session.facts.isInitiator,
            let seen = session.introduction?.observed, seen.reach == .global,
            let group = Netgroup(session.facts.endpoint),
            !isCalledFromPort(session.facts.endpoint.bytes)
        else { return }
        reaching.reachability.note(
            .init(isReached: true, host: seen.bytes, at: now.monotonic), by: group)
    }

    // MARK: Calling

    /// Calls a peer back: where it is seen to be and nowhere else, at a port that it said it
    /// listens on. So a call can only hit whoever asked for it.
    private mutating func callBack(
        _ question: UInt64, _ port: UInt16, _ number: SessionNumber
    ) {
        guard let session = sessions[number], let said = session.introduction,
            session.facts.path.isOwn, session.facts.endpoint.reach == .global,
            said.endpoints.contains(where: { $0.port == port })
        else { return send(.reach(.called(number: question, .notNow)), to: number) }
        let mayAsk = sessions.change(number) { $0.rates.calls.take(at: now.monotonic) }
        guard mayAsk == true, reaching.calls.count < ReachLimits.callsMax,
            reaching.bucket.take(at: now.monotonic)
        else { return send(.reach(.called(number: question, .notNow)), to: number) }
        let dial = nextDial
        nextDial += 1
        reaching.calls[dial] = (number, question)
        effects.append(
            .probe(dial, session.facts.endpoint.with(port: port), expected: session.facts.peer))
    }

    /// A call that a peer asked for came to an end.
    mutating func probed(_ dial: UInt64, _ isReached: Bool) {
        guard let call = reaching.calls[dial] else { return }
        reaching.calls[dial] = nil
        send(
            .reach(.called(number: call.number, isReached ? .reached : .missed)), to: call.session)
    }
}
