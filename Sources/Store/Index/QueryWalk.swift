import Host

/// Walks several lists at once from the newest entry on and stops at each that all of them have.
struct QueryWalk {
    private var lists: [PostingList]
    /// What may still be read.
    private(set) var budget: QueryBudget
    /// The highest number that may come next.
    private var bound: Int64
    /// Everything from here up was looked at.
    private(set) var reached: Int64
    /// Whether the budget ended the walk.
    private(set) var isSpent = false
    private var isOver = false

    /// A walk that begins at `start`.
    init(lists: [PostingList], budget: QueryBudget, start: Int64) {
        precondition(!lists.isEmpty)
        self.lists = lists
        self.budget = budget
        bound = start
        reached = start == .max ? .max : start + 1
    }

    /// Drops all lists that have entries more than `factor` times as often as the rarest: the
    /// record itself tells whether it answers them. A list that nothing else can tell stays.
    mutating func keepRarest(within factor: Double) throws(StoreError) {
        var newest: Int64 = 0
        for index in lists.indices {
            // Each list is opened, whatever the budget: what it holds decides the way.
            switch try lists[index].seek(bound, &budget) {
            case .number(let number): newest = max(newest, number)
            case .end: isOver = true
            case .spent: spend()
            }
        }
        guard !isOver, lists.count > 1 else { return }
        let gaps = lists.map { $0.gap(from: newest) }
        let rarest = gaps.max() ?? 0
        let kept = lists.indices.filter { lists[$0].isOnlyHere || gaps[$0] * factor >= rarest }
        // The rarest leads: the others follow where it goes.
        lists = kept.sorted { (-gaps[$0], $0) < (-gaps[$1], $1) }.map { lists[$0] }
    }

    /// The next number that all lists have; nil at the end, or when nothing more may be read.
    mutating func next() throws(StoreError) -> Int64? {
        guard !isOver else { return nil }
        var index = 0
        while index < lists.count {
            switch try lists[index].seek(bound, &budget) {
            case .number(let number) where number < bound:
                // Nothing above it is in all lists.
                bound = number
                index = index == 0 ? 1 : 0
            case .number: index += 1
            case .end:
                isOver = true
                return nil
            case .spent:
                spend()
                return nil
            }
        }
        guard budget.records > 0, Clock.monotonic() < budget.deadline else {
            spend()
            return nil
        }
        budget.records -= 1
        let found = bound
        reached = found
        if found == 0 { isOver = true } else { bound = found - 1 }
        return found
    }

    private mutating func spend() {
        isSpent = true
        isOver = true
        reached = bound == .max ? .max : bound + 1
    }
}
