import Genome
import Wire

extension Swarm {
    /// Answers a peer's question about a layer. Whoever may not know of a layer gets exactly the
    /// answer for one that is not here.
    mutating func serve(_ message: Message, to number: SessionNumber) {
        switch message {
        case .open(let layer, let blob):
            let holding = Holding(
                layer: layer, blob: blob, extent: extent(of: blob, through: layer, for: number))
            if holding.isPart { watch(blob, through: layer, by: number) }
            send(.holding(holding), to: number)
        case .envelopeRequest(let layer):
            let bytes = servable(layer, layer, to: number)?.envelope ?? []
            send(.envelope(layer: layer, bytes: bytes), to: number)
        case .groupsRequest(let layer, let blob, let page):
            guard let size = size(of: blob, through: layer, for: number),
                page < UInt64(GroupPage.count(size: size))
            else {
                send(.groups(blob: blob, page: page, bytes: []), to: number)
                return
            }
            answer(number, .serveGroupPage(number, blob: blob, page: page))
        case .get(let request): serve(request, to: number, over: number)
        case .cancel(let request):
            guard let connection = sessions[number]?.serving[request] else { return }
            if serving.drop(request, for: number) {
                _ = sessions.change(number) { $0.serving[request] = nil }
            } else {
                effects.append(.cancelServing(connection, request: request))
            }
        case .statement(let bytes): hear(bytes, from: number)
        default: break
        }
    }

    /// The size of a blob that the peer may have through a layer or a contract; nil if it may not.
    mutating func size(
        of blob: Digest, through layer: Digest, for number: SessionNumber
    ) -> UInt64? {
        if let contract = contracts[layer], let peer = sessions[number]?.facts.peer {
            return contract.size(of: blob, from: settings.node, to: peer, at: seconds)
        }
        return servable(layer, blob, to: number)?.size(of: blob)
    }

    /// How much of a blob the peer may have through a layer.
    private mutating func extent(
        of blob: Digest, through layer: Digest, for number: SessionNumber
    ) -> Holding.Extent {
        guard size(of: blob, through: layer, for: number) != nil else { return .none }
        guard held[layer] == nil, let offer = offered[layer] else { return .complete }
        return extent(of: blob, in: offer)
    }

    /// The layer, if its blob may be given to the peer. Manifest and texts of the terms may before
    /// these are accepted: nobody can accept what she has not seen.
    private mutating func servable(
        _ layer: Digest, _ blob: Digest, to number: SessionNumber
    ) -> HeldLayer? {
        guard let layer = held[layer] ?? offered[layer], let caller = caller(number) else {
            return nil
        }
        let request = request(.serve, layer.policy, by: caller)
        let decision = request.decide()
        note(decision, request, layer.layer, number)
        switch decision {
        case .allow: return layer
        case .refuse(let refusal):
            let isToBeRead = blob == layer.layer || layer.policy.licenceTexts.contains(blob)
            return refusal.rule == .notAccepted && isToBeRead ? layer : nil
        }
    }

    /// Has a decision written down when it is the first on this layer in this session, or another
    /// than before: what was decided for each MiB would say nothing more.
    private mutating func note(
        _ decision: Decision, _ request: PermissionRequest, _ layer: Digest,
        _ number: SessionNumber
    ) {
        let isAllowed = decision == .allow
        let isNews = sessions.change(number) { session in
            guard session.decided[layer] != isAllowed,
                session.decided[layer] != nil
                    || session.decided.count < SwarmLimits.decidedMax
            else { return false }
            session.decided[layer] = isAllowed
            return true
        }
        if isNews == true { effects.append(.noteDecision(request, layer: layer, decision)) }
    }

    /// Answers a request over the connection that it came by.
    mutating func serve(
        _ request: GroupRequest, to number: SessionNumber, over connection: SessionNumber
    ) {
        guard let session = sessions[number], session.serving[request.request] == nil else {
            return
        }
        let request = permitted(request, to: number)
        guard
            let size = size(of: request.blob, through: request.layer, for: number),
            request.group < UInt64(HashTree.groupCount(size: size)),
            isHere(request.group, of: request.blob),
            !request.isPart || request.part(size: size) != nil
        else {
            reject(request, .absent, over: connection)
            return
        }
        guard session.serving.count < SwarmLimits.servesPerSessionMax else {
            reject(request, .busy, over: connection)
            return
        }
        _ = sessions.change(number) { $0.serving[request.request] = connection }
        let group = HashTree.groupRange(Int(request.group), size: size)
        // A part is cut out of its group, which is read whole.
        let least = group.count / PartLimits.servedDivisor
        let count = request.part(size: size).map { max($0.byteCount, least) } ?? group.count
        serving.add(
            request, bytes: UInt64(count), for: number,
            weight: weight(of: request, for: session),
            isLimited: isLimited(session.facts.endpoint))
        serveNext()
    }

    /// How large the share of a peer is: mirrors that keep this node's sealed layers, and members
    /// of its organisations, before others.
    private func weight(of request: GroupRequest, for session: Session) -> UInt64 {
        if contracts[request.layer] != nil { return 4 }
        return session.rights.memberships.isEmpty ? 1 : 2
    }

    /// Has groups read and sent as far as buffers and limits go.
    mutating func serveNext() {
        while let (session, request) = serving.next(at: now) {
            let connection = sessions[session]?.serving[request.request] ?? session
            noteServing(over: connection)
            effects.append(.serveGroup(connection, request))
        }
    }

    private mutating func reject(
        _ request: GroupRequest, _ reason: Message.RejectReason, over connection: SessionNumber
    ) {
        let retry: UInt64 = reason == .busy ? 500 : 0
        let answer = Message.reject(
            request: request.request, reason: reason, retryMilliseconds: retry)
        effects.append(.send(connection, answer))
    }

    /// A group has left over a connection, or will not.
    mutating func served(_ connection: SessionNumber, _ request: UInt64, _ byteCount: UInt64) {
        let number = session(of: connection)
        noteServed(over: connection)
        _ = sessions.change(number) { session in
            session.serving[request] = nil
            session.sent += byteCount
        }
        serving.left(request, bytes: byteCount, for: number, at: now)
        serveNext()
    }
}
