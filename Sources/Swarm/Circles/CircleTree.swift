import Wire

/// One circle in one of its epochs: the tree over which its news goes, and which members are known.
struct CircleTree: Sendable {
    /// Whose members it joins.
    let organization: NodeKey
    /// Whether it is the epoch in which this node itself publishes.
    var isNewest: Bool
    /// Links are sessions with members alone.
    var spread = Spread<Members>(.circle)
    /// Members that records of this circle named, and monotonic nanoseconds before which they are
    /// not called.
    private(set) var members = OrderedTable<NodeKey, UInt64>()
    /// Monotonic nanoseconds of the next calls.
    var nextCall: UInt64 = 0

    init(organization: NodeKey, isNewest: Bool) {
        (self.organization, self.isNewest) = (organization, isNewest)
    }

    /// Whether fewer members are linked than should be and there are others to be called.
    var isLonely: Bool {
        isNewest && spread.links.count < CircleLimits.linksWanted && !members.isEmpty
    }

    /// When `wake` is due; nil when nothing waits.
    var deadline: UInt64? {
        [spread.deadline, isLonely ? nextCall : nil].compactMap { $0 }.min()
    }

    /// Remembers a node that is a member: it signed a record of the circle.
    mutating func note(_ member: NodeKey) {
        guard members[member] == nil, members.count < CircleLimits.membersMax else { return }
        members[member] = 0
    }

    /// A member is called now, and not again for a while.
    mutating func called(_ member: NodeKey, at now: UInt64) {
        members[member] = now + CircleLimits.calledPause
    }
}
