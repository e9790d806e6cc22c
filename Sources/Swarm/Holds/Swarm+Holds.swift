import Genome
import Wire

/// Hold requests: publishers ask mirrors to keep ciphertext, mirrors decide and pull.
extension Swarm {
    /// Asks a mirror, now or as soon as it is met; until it has answered at every meeting.
    mutating func askHold(_ contract: Digest, of mirror: NodeKey, _ envelope: [UInt8]) {
        guard holds.count < SwarmLimits.holdsAskedMax else { return }
        holds[contract] = PendingHold(mirror: mirror, envelope: envelope)
        if let session = session(with: mirror) { send(.hold(envelope), to: session) }
    }

    /// What was asked of a peer and is not answered yet is asked again when it is met.
    mutating func openHolds(_ number: SessionNumber) {
        guard let peer = sessions[number]?.facts.peer else { return }
        for (contract, mirror) in ends.entries where mirror == peer {
            send(.holdEnd(contract: contract), to: number)
        }
        for hold in holds.values where hold.mirror == peer {
            send(.hold(hold.envelope), to: number)
        }
        for (contract, answer) in answers.entries where answer.publisher == peer {
            send(
                .holdAnswer(contract: contract, answer.answer.code, answer.answer.reason),
                to: number)
            if answer.answer != .accepted { answers[contract] = nil }
        }
    }

    /// A peer asks this node to keep sealed blobs. Only a publisher that the owner allowed by a
    /// rule of her own is listened to.
    mutating func receive(hold bytes: [UInt8], from number: SessionNumber) {
        guard let session = sessions[number] else { return }
        let request: HoldRequest
        do throws(GenomeError) {
            let envelope = try Envelope.decode(bytes, payloadMax: HoldRequest.bytesMax)
            request = try HoldRequest.verified(in: envelope)
        } catch {
            blame(number, "sent a hold request that is not valid: \(error)")
            return
        }
        guard request.publisher == session.facts.peer, request.mirror == settings.node else {
            blame(number, "sent a hold request that is not its own to send")
            return
        }
        func refuse(_ reason: String) {
            send(.holdAnswer(contract: request.contract, 2, reason), to: number)
        }
        guard seconds < request.until else { return refuse("its time is over") }
        guard contracts[request.contract] == nil else {
            send(.holdAnswer(contract: request.contract, 3, ""), to: number)
            return
        }
        guard settings.owner.allowsHolding(for: request.publisher) else {
            return refuse(
                "the owner of this node keeps nothing for \(request.publisher.fingerprint)")
        }
        effects.append(.considerHold(bytes))
    }

    /// The shell has decided about a request, or has all of its blobs.
    mutating func holdDecided(_ request: HoldRequest, _ answer: HoldAnswer) {
        // Remembered until the publisher was told, however often it has to be met.
        if answers.count < SwarmLimits.holdsAskedMax {
            answers[request.contract] = PendingAnswer(publisher: request.publisher, answer: answer)
        }
        if let session = session(with: request.publisher) {
            send(.holdAnswer(contract: request.contract, answer.code, answer.reason), to: session)
            if answer != .accepted { answers[request.contract] = nil }
        }
    }

    /// A mirror answers what was asked of it; others' answers mean nothing.
    mutating func receive(
        holdAnswer contract: Digest, _ code: UInt8, _ reason: String, from number: SessionNumber
    ) {
        guard let peer = sessions[number]?.facts.peer, let answer = HoldAnswer(code, reason) else {
            return
        }
        let isAsked = holds[contract]?.mirror == peer
        let standing = contracts[contract]
        let isOwn = standing?.publisher == settings.node && standing?.mirror == peer
        switch answer {
        case .accepted: guard isAsked else { return }
        case .complete:
            guard isAsked else { return }
            holds[contract] = nil
        case .refused:
            // Also later: the owner of the mirror may end what it once accepted.
            guard isAsked || isOwn else { return }
            holds[contract] = nil
            contracts[contract] = nil
        case .ended:
            guard ends[contract] == peer else { return }
            ends[contract] = nil
        }
        effects.append(.holdAnswered(contract, answer))
        mirrorAnswered(peer, answer)
    }

    // MARK: Ends

    /// A contract of this node is over: its mirror is told, now or as soon as it is met.
    mutating func retractHold(_ contract: Digest, from mirror: NodeKey) {
        endHold(contract)
        guard ends.count < SwarmLimits.holdsAskedMax else { return }
        ends[contract] = mirror
        if let session = session(with: mirror) { send(.holdEnd(contract: contract), to: session) }
    }

    /// A peer says that a contract is over. Whether there is such a contract of another's is told
    /// to nobody: the answer is the same.
    mutating func receive(holdEnd contract: Digest, from number: SessionNumber) {
        guard let peer = sessions[number]?.facts.peer else { return }
        effects.append(.considerHoldEnd(contract, by: peer))
    }

    mutating func holdOver(_ contract: Digest, _ publisher: NodeKey) {
        guard let session = session(with: publisher) else { return }
        send(.holdAnswer(contract: contract, HoldAnswer.ended.code, ""), to: session)
    }

    /// Gives a contract's blobs out from now on.
    mutating func hold(contract: HeldContract) { contracts[contract.contract] = contract }

    /// No more.
    mutating func endHold(_ contract: Digest) {
        contracts[contract] = nil
        holds[contract] = nil
        answers[contract] = nil
    }
}

/// A request that its mirror has not answered finally.
struct PendingHold: Sendable {
    let mirror: NodeKey
    let envelope: [UInt8]
}

/// An answer that its publisher may not have heard.
struct PendingAnswer: Sendable {
    let publisher: NodeKey
    let answer: HoldAnswer
}

extension HoldAnswer {
    /// On the wire.
    var code: UInt8 {
        switch self {
        case .accepted: 1
        case .refused: 2
        case .complete: 3
        case .ended: 4
        }
    }

    var reason: String {
        if case .refused(let reason) = self { return reason }
        return ""
    }

    init?(_ code: UInt8, _ reason: String) {
        switch code {
        case 1: self = .accepted
        case 2: self = .refused(reason)
        case 3: self = .complete
        case 4: self = .ended
        default: return nil
        }
    }
}
