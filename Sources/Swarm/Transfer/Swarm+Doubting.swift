import Wire

/// Peers whose bytes did not match, and the doubt whether it is this machine that errs.
extension Swarm {
    /// A peer sent what is provably wrong: it is not asked again for a while, and every fetch
    /// that wanted the blob remembers who, what and why.
    mutating func refute(
        _ session: SessionNumber, blob: Digest, group: UInt64?, _ reason: String
    ) {
        guard let peer = sessions[session]?.facts.peer else { return }
        if triedNextDescription(blob, peer: peer, session: session) { return }
        let fault = PeerFault(node: peer, blob: blob, group: group, reason: reason)
        doubtSelf(fault)
        for number in downloads[blob]?.fetches ?? [] {
            _ = fetches.change(number) { $0.note(fault) }
        }
        let part = group.map { "group \($0) of " } ?? ""
        let text = "\(part)blob \(blob.hexadecimal) from \(peer.fingerprint): \(reason)"
        ban(peer, text, isShutOut: false)
        effects.append(.log("not asking \(peer.fingerprint) for a while: \(text)"))
        for (number, pending) in requests.entries where pending.session == session {
            send(.cancel(request: number), to: session)
        }
        forgetRequests(of: session)
        for number in fetches.keys { advance(number) }
    }

    /// Two peers sent the same group, and neither matched: memory or a processor that errs is as
    /// likely as two that lie, so this machine is examined.
    private mutating func doubtSelf(_ fault: PeerFault) {
        guard fault.group != nil, let download = downloads[fault.blob], download.examination == nil,
            download.fetches.contains(where: { number in
                fetches[number]?.faults.contains { known in
                    known.blob == fault.blob && known.group == fault.group
                        && known.node != fault.node
                } == true
            })
        else { return }
        _ = downloads.change(fault.blob) { $0.examination = .running }
        effects.append(.examineSelf(blob: fault.blob))
    }

    /// The shell has hashed what it knows the hash of. Where that went wrong, or the values that
    /// groups are held against are not those of the blob any more, nobody is blamed and nothing
    /// more is taken in for the blob.
    mutating func selfExamined(_ blob: Digest, isSound: Bool) {
        guard let download = downloads[blob] else { return }
        let areValuesSound = download.groups.map(\.isSound) ?? true
        guard !isSound || !areValuesSound else {
            _ = downloads.change(blob) { $0.examination = .passed }
            effects.append(
                .log("two peers sent the same group wrong; this machine was examined, it is sound"))
            return
        }
        for number in download.fetches {
            for fault in fetches[number]?.faults ?? [] where fault.blob == blob {
                if bans.lift(fault.node) {
                    effects.append(.log("not \(fault.node.fingerprint), this machine errs"))
                }
            }
            endFetch(
                number,
                .failed(
                    .store(
                        StoreProblem(
                            .internal,
                            "this machine computes wrong hashes: its memory or processor fails; "
                                + "no peer is blamed. Test its memory before it keeps anything"))))
        }
    }

    /// The owner forgives a peer.
    mutating func forgive(_ peer: NodeKey) {
        guard bans.lift(peer) else { return }
        effects.append(.log("asking \(peer.fingerprint) again: the owner of this node says so"))
        for number in fetches.keys { advance(number) }
    }
}
