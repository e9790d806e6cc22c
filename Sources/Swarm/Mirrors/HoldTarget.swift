import Wire

/// How many mirrors a publisher asks to keep a restricted layer sealed, and which: pure.
struct HoldTarget {
    /// What is to be done.
    enum Step: Equatable {
        /// Ask this mirror.
        case ask(NodeKey)
        /// End the contract with this one: it is gone, or one too many.
        case end(NodeKey)
    }

    let layer: ConfidedLayer
    let candidates: [MirrorCandidate]
    /// Mirrors that are not asked now: they refused a while ago.
    let refused: Set<NodeKey>
    let isGone: (NodeKey) -> Bool
    let isTrusted: (NodeKey) -> Bool
    /// Seconds since 1970.
    let seconds: Int64
    /// Seconds for which a mirror may be away, or may take to answer.
    let patience: Int64

    /// A contract that ends sooner than this is followed by another: a week, or half of its life.
    private static let renewal: Int64 = 7 * 86_400

    /// Contracts that count: those that are complete, and those that were asked a short while ago.
    private var counting: [ConfidedLayer.Contract] {
        layer.contracts.filter { contract in
            guard !isGone(contract.mirror), isTrusted(contract.mirror) else { return false }
            let span = min(Self.renewal, (contract.until - contract.issued) / 2)
            guard seconds < contract.until - span else { return false }
            return contract.isComplete || seconds - contract.issued < max(patience, 60)
        }
    }

    /// One step, most urgent first; nil where all is as it should be. The own copy is one of those
    /// that are wanted.
    var next: Step? {
        let wanted = layer.copies - 1
        let counting = counting
        let mirrors = Set(counting.map(\.mirror))
        if mirrors.count < wanted {
            let busy = mirrors.union(
                layer.contracts.filter { !$0.isComplete && seconds < $0.until }.map(\.mirror))
            let free = candidates.filter { !busy.contains($0.node) && !refused.contains($0.node) }
            // Those that have it come first in what the order looks at, so that the next one lies
            // in another network than they do.
            let standing = candidates.filter { mirrors.contains($0.node) }
            return Placement.order(
                free, beside: standing, for: layer.layer, size: layer.size, count: 1
            ).first.map { .ask($0) }
        }
        let complete = counting.filter(\.isComplete)
        guard Set(complete.map(\.mirror)).count > wanted else { return nil }
        // The oldest stay, since others may know of them. One too many stays for a while as well.
        let surplus = complete.sorted {
            ($0.issued, $0.mirror) < ($1.issued, $1.mirror)
        }.dropFirst(wanted)
        let span = patience * Int64(MirrorLimits.surplusFactor)
        return surplus.last { seconds - $0.issued >= span }.map { .end($0.mirror) }
    }
}
