import Wire

/// What a circle's news wants in time, and calls to members where too few are linked.
extension Swarm {
    /// Lets circles act whose time has come. Nothing else is done in such a wake: what a node says
    /// to everyone keeps its own moments.
    mutating func wakeCircles() {
        guard circleNews.deadline <= now.monotonic else { return }
        circleNews.woke(at: now.monotonic)
        guard !isStopping else { return }
        for circle in circleNews.trees.keys {
            perform(circle) { spread, now, effects in spread.wake(at: now, into: &effects) }
            callMembers(of: circle)
        }
    }

    /// Calls members of a circle where fewer than two are linked. Whom: nodes that signed records
    /// of the circle, of which this node learned as a member, or to which it issued memberships.
    /// So a call shows nobody else's secret: it is made by one member to another, and looks like
    /// any call to a node of the address book.
    private mutating func callMembers(of circle: CircleDomain) {
        guard let tree = circleNews.trees[circle], tree.isLonely, tree.nextCall <= now.monotonic
        else { return }
        let others = unavailable
        var candidates = tree.members.entries.filter { member in
            member.value <= now.monotonic && !others.contains(member.key)
                && (addresses.endpoints(of: member.key) != nil || hasWay(to: member.key))
        }.map(\.key)
        candidates.shuffle(using: &circleNews.generator)
        let called = candidates.prefix(CircleLimits.callsAtOnce)
        let pause = CircleLimits.callPause
        let jitter = UInt64.random(in: 0..<pause / 2, using: &circleNews.generator)
        let moment = now.monotonic
        _ = circleNews.trees.change(circle) { tree in
            tree.nextCall = moment + pause + jitter
            for member in called { tree.called(member, at: moment) }
        }
        for member in called { want(member, at: []) }
        if !called.isEmpty { dialContacts() }
    }
}
