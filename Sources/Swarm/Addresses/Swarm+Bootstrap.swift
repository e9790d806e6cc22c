import Wire

/// Nodes that a list names which the owner trusts: they are in the address book like others, and
/// are called by themselves while this node has nobody else.
extension Swarm {
    /// Takes the nodes of a list, in place of those that its signer listed before.
    mutating func takeBootstrap(_ peers: [PeerAddress], by signer: NodeKey) {
        let others = peers.filter { $0.key != settings.node && !$0.endpoints.isEmpty }
        if bootstrapping.lists[signer] == nil,
            bootstrapping.lists.count >= AddressLimits.bootstrapListsMax
        {
            return
        }
        bootstrapping.lists[signer] = Array(others.prefix(AddressLimits.bootstrapPeersMax))
        // Those who know nobody need not wait for what the book holds to fail.
        if addresses.count == 0 { bootstrapping.next = now.monotonic }
        for peer in bootstrapping.lists[signer] ?? [] {
            // As if each told of itself: the signer's own part of the network would crowd them.
            addresses.tell(
                peer, by: signer, from: peer.endpoints[0], isSigned: false, at: now)
        }
    }

    /// Calls a few listed nodes, of different parts of the network, while nobody else is met.
    mutating func callBootstrapIfAlone() {
        guard !isStopping, !bootstrapping.lists.isEmpty else { return }
        guard sessions.isEmpty else {
            bootstrapping.pause = AddressLimits.bootstrapPause
            bootstrapping.next = now.monotonic + bootstrapping.pause
            return
        }
        if bootstrapping.next == 0 { bootstrapping.next = now.monotonic + bootstrapping.pause }
        guard bootstrapping.next <= now.monotonic else { return }
        bootstrapping.next = now.monotonic + bootstrapping.pause
        bootstrapping.pause = min(2 * bootstrapping.pause, AddressLimits.bootstrapPauseMax)
        var listed = bootstrapping.lists.values.flatMap { $0 }.filter { peer in
            bans[peer.key]?.isShutOut != true && !isDialling(peer.key)
        }
        listed.shuffle(using: &generator)
        var groups: Set<Netgroup> = []
        var (first, rest): ([PeerAddress], [PeerAddress]) = ([], [])
        for peer in listed {
            let group = peer.endpoints.first.flatMap { Netgroup($0) }
            if let group, groups.insert(group).inserted {
                first.append(peer)
            } else {
                rest.append(peer)
            }
        }
        for peer in (first + rest).prefix(AddressLimits.bootstrapCalls) {
            want(peer.key, at: peer.endpoints)
        }
        dialContacts()
    }
}

/// Lists of nodes to call first, and when that is done next.
struct Bootstrapping: Sendable {
    /// The nodes of each signer's list.
    var lists = OrderedTable<NodeKey, [PeerAddress]>()
    /// Monotonic nanoseconds of the next calls; 0 before the first look.
    var next: UInt64 = 0
    /// Nanoseconds between calls.
    var pause = AddressLimits.bootstrapPause
}
