import Wire

/// A further connection to a peer that carries groups for the session with it.
struct Stripe: Sendable {
    /// The session.
    let session: SessionNumber
    /// Whether this node opened it.
    let isOwn: Bool
    /// Monotonic nanoseconds of the last group asked for over it.
    var used: UInt64
    /// Groups that the shell reads and sends over it.
    var serving = 0
    /// Whether it is closed, and waits only for the shell's word on those.
    var isGone = false
}

/// Several connections to one peer, where one is the limit: opened by the side that fetches, known
/// to both as parts of one session, whose rights and limits hold for all of them.
extension Swarm {
    /// The session that a connection belongs to: itself, or the one that a stripe was opened for.
    func session(of connection: SessionNumber) -> SessionNumber {
        stripes[connection]?.session ?? connection
    }

    // MARK: Opening

    /// Opens one more where that is worth while.
    mutating func watchStripes() {
        for (number, session) in sessions.entries where session.pace.asked > 0 {
            guard let roundTrip = session.roundTrip, mayStripe(session),
                session.isFar || settings.linkLanes > 2,
                left(from: number) >= StripeLimits.leftMin
            else { continue }
            let lines = session.lines.all.count
            let isWanted = sessions.change(number) { session in
                session.stripePlan.wantsMore(
                    lines: lines, received: session.received, roundTrip: roundTrip,
                    at: now.monotonic)
            }
            if isWanted == true { openStripe(for: number) }
        }
    }

    /// Whether a peer takes stripes and can be called: it must be the same machine that answers.
    /// Where the owner limits what is fetched, one connection fills the limit.
    private func mayStripe(_ session: Session) -> Bool {
        session.speaks(of: Introduction.stripes) && !session.isClosing && session.facts.path.isOwn
            && (downloadBudget == nil || !isLimited(session.facts.endpoint))
    }

    /// Bytes that are still to be asked of a peer, as far as that matters.
    private func left(from session: SessionNumber) -> UInt64 {
        var sum: UInt64 = 0
        for download in downloads.values where download.holdings[session]?.extent != nil {
            sum += UInt64(download.wanted.count * HashTree.groupBytes)
            if sum >= StripeLimits.leftMin { break }
        }
        return sum
    }

    private mutating func openStripe(for number: SessionNumber) {
        guard let session = sessions[number],
            stripes.values.count(where: \.isOwn) < StripeLimits.openedMax
        else { return }
        let facts = session.facts
        // One that called from elsewhere is called where it says that it listens, on the machine
        // that it calls from.
        let places =
            facts.isInitiator
            ? [facts.endpoint]
            : (session.introduction?.endpoints ?? []).filter {
                $0.bytes == facts.endpoint.bytes && $0.port != 0
            }
        let dial = nextDial
        nextDial += 1
        _ = sessions.change(number) { session in
            session.stripePlan.dialling = dial
            session.stripePlan.isSettled = places.isEmpty
        }
        guard !places.isEmpty else { return }
        effects.append(.dialStripe(dial, endpoints: places, expected: facts.peer))
    }

    /// Whether a dial that failed was for a stripe.
    mutating func stripeFailed(_ dial: UInt64) -> Bool {
        for (number, session) in sessions.entries where session.stripePlan.dialling == dial {
            _ = sessions.change(number) { session in
                session.stripePlan.changed()
                session.stripePlan.isSettled = true
            }
            return true
        }
        return false
    }

    /// A stripe stands: it is taken where there is a session with its peer.
    mutating func stripeOpened(_ number: SessionNumber, _ facts: SessionFacts) {
        let isOwn = facts.isInitiator
        let ofSide = stripes.values.count { $0.isOwn == isOwn }
        guard !isStopping, let owner = session(with: facts.peer), let session = sessions[owner],
            session.lines.stripes.count < StripeLimits.perPeerMax,
            ofSide < (isOwn ? StripeLimits.openedMax : StripeLimits.takenMax)
        else {
            effects.append(.close(number, reason: Self.noStripe))
            if let dial = facts.dial { _ = stripeFailed(dial) }
            return
        }
        stripes[number] = Stripe(session: owner, isOwn: isOwn, used: now.monotonic)
        _ = sessions.change(owner) { session in
            session.lines.add(number)
            session.stripePlan.changed()
        }
        // The other side acts on nothing before a first word has shown that this one has the key.
        if isOwn { effects.append(.send(number, .ping(nextRequest))) }
        isAssignmentDue = true
    }

    /// The reason for those who may have no more connections.
    static let noStripe = "no stripe is wanted"

    // MARK: Words

    /// Takes a message that came over a stripe: what belongs to groups, and signs of life.
    mutating func receive(_ message: Message, over stripe: SessionNumber) {
        guard let owner = stripes[stripe]?.session, stripes[stripe]?.isGone == false,
            let session = sessions[owner], !session.isClosing
        else { return }
        _ = sessions.change(owner) { $0.heard = now.monotonic }
        switch message {
        case .ping(let value):
            guard mayAsk(message, owner) else { return }
            effects.append(.send(stripe, .pong(value)))
        case .pong, .data, .coded, .rekey, .unknown: break
        case .get(let request):
            _ = stripes.change(stripe) { $0.used = now.monotonic }
            serve(request, to: owner, over: stripe)
        case .cancel: serve(message, to: owner)
        case .reject(let request, let reason, let retry):
            rejected(request, reason, retryMilliseconds: retry, from: owner)
        case .goodbye: closeStripe(stripe, "the peer closes it")
        default: blame(owner, "said something over a stripe that belongs to the session")
        }
    }

    // MARK: End

    private mutating func closeStripe(_ number: SessionNumber, _ reason: String) {
        effects.append(.close(number, reason: reason))
        stripeClosed(number)
    }

    /// A stripe is gone: what was asked over it is asked again.
    mutating func stripeClosed(_ number: SessionNumber) {
        guard let stripe = stripes[number], !stripe.isGone else { return }
        let owner = stripe.session
        let blobs = cancelRequests(isTold: false) { $0.stripe == number }
        _ = sessions.change(owner) { session in
            session.lines.remove(number)
            session.stripePlan.changed()
            // It was closed by the other side, or the line broke: not tried again at once.
            if stripe.isOwn { session.stripePlan.isSettled = true }
        }
        for request in (sessions[owner]?.serving ?? [:]).filter({ $0.value == number }).keys
            .sorted() where serving.drop(request, for: owner)
        {
            _ = sessions.change(owner) { $0.serving[request] = nil }
        }
        _ = stripes.change(number) { $0.isGone = true }
        forgetStripeIfOver(number)
        resume(blobs)
    }

    /// The session is gone, and its stripes with it.
    mutating func closeStripes(of session: SessionNumber) {
        for (number, stripe) in stripes.entries where stripe.session == session {
            if !stripe.isGone { effects.append(.close(number, reason: "the session ends")) }
            stripes[number] = nil
        }
    }

    /// The shell reads and sends a group over a connection.
    mutating func noteServing(over connection: SessionNumber) {
        _ = stripes.change(connection) { $0.serving += 1 }
    }

    /// A group left over a connection, or will not.
    mutating func noteServed(over connection: SessionNumber) {
        _ = stripes.change(connection) { $0.serving -= 1 }
        forgetStripeIfOver(connection)
    }

    private mutating func forgetStripeIfOver(_ number: SessionNumber) {
        if let stripe = stripes[number], stripe.isGone, stripe.serving <= 0 {
            stripes[number] = nil
        }
    }

    /// Closes stripes that carry nothing any more, and those that owe groups and bring none while
    /// the others do.
    mutating func tidyStripes() {
        for (number, stripe) in stripes.entries where !stripe.isGone {
            guard let session = sessions[stripe.session] else { continue }
            let quiet = now.monotonic - min(now.monotonic, stripe.used)
            let most = stripe.isOwn ? StripeLimits.idleMax : StripeLimits.idleAtServerMax
            let owes = session.lines.all.contains { $0.stripe == number && $0.owed > 0 }
            if quiet > most, !owes, stripe.serving == 0 {
                closeStripe(number, "it carries nothing")
                _ = sessions.change(stripe.session) { $0.stripePlan.isSettled = false }
            }
        }
    }

    /// Takes back what one connection of several owes for so long that it must be stuck.
    mutating func freeStuckLines(of number: SessionNumber, after span: UInt64) {
        guard let session = sessions[number], session.lines.all.count > 1 else { return }
        for line in session.lines.silent(for: span, at: now.monotonic) {
            if let stripe = line.stripe {
                closeStripe(stripe, "it brings nothing")
            } else {
                resume(cancelRequests { $0.session == number && $0.stripe == nil })
            }
        }
    }
}

extension Introduction {
    /// The feature of taking further connections that carry groups for a session.
    static let stripes: UInt64 = 256
}
