import Wire

/// Everything that a layer is made from, found breadth first, so that each source is reached by a
/// shortest path.
struct LicenceWalk {
    /// Most sources that are followed: each may cost the read of one manifest, and a real family
    /// tree holds dozens.
    static let sourcesMax = 1_024

    /// Most generations that are followed.
    static let depthMax = 64

    /// Most sources that are named as unverified: enough for a person, and no list that a
    /// stranger can make long.
    static let unverifiedMax = 64

    /// One source with its shortest path.
    struct Found {
        /// The source.
        let source: LicenceSource
        /// Ways to satisfy its own terms.
        let alternatives: [LicenceAlternative]
        /// Words of the path, from the layer on: `parent P`, `dataset D`.
        let path: [String]
        /// Whether data stands on the path.
        let isData: Bool

        /// Whether each way to satisfy it has what `test` looks for.
        func always(_ test: (LicenceTerms) -> Bool) -> Bool {
            alternatives.allSatisfy { test($0.terms) }
        }

        /// Whether a way to satisfy it has what `test` looks for.
        func perhaps(_ test: (LicenceTerms) -> Bool) -> Bool {
            alternatives.contains { test($0.terms) }
        }
    }

    /// The sources in order of distance.
    private(set) var found: [Found] = []
    /// Words of the paths to what nothing is known about.
    private(set) var unverified: [[String]] = []

    private struct Key: Hashable {
        let layer: Digest
        let isData: Bool
        let isLearned: Bool
    }

    private struct Step {
        let link: LicenceLink
        let path: [String]
        let isData: Bool
        /// Whether a trained model on the path learned from it.
        let isLearned: Bool
        /// Whether what names the link is a trained model.
        let isByTrained: Bool
    }

    /// Follows `links` of a layer, which may be a trained model, with the data that `policy` leaves
    /// in.
    init(
        _ links: [LicenceLink], isTrained: Bool = false, followsData: Bool, book: LicenceBook,
        lookup: (Digest) -> LicenceSource?
    ) throws(LicenceRefusal) {
        var seen = Set<Key>()
        var edges: [Digest: Set<Digest>] = [:]
        var queue = links.map {
            Step(link: $0, path: [], isData: false, isLearned: false, isByTrained: isTrained)
        }
        var parents: [Digest?] = Array(repeating: nil, count: queue.count)
        var next = 0
        while next < queue.count {
            let step = queue[next]
            let parent = parents[next]
            next += 1
            let isData = step.isData || step.link.role == .data
            // What data is made from has reached the model through learning too.
            let isLearned = step.isLearned || step.link.role == .data && step.isByTrained
            guard followsData || !isData else { continue }
            let source: LicenceSource
            var layer: Digest?
            switch step.link.target {
            case .stated(let stated): source = stated
            case .unstated(let label):
                note(step.path + ["\(step.link.role.word) \(label)"])
                continue
            case .layer(let digest):
                if let parent { edges[parent, default: []].insert(digest) }
                guard
                    seen.insert(Key(layer: digest, isData: isData, isLearned: isLearned)).inserted
                else { continue }
                guard let known = lookup(digest) else {
                    let name = "\(step.link.role.word) \(digest.hexadecimal.prefix(16))"
                    note(step.path + [name])
                    continue
                }
                source = known
                layer = digest
            }
            let path = step.path + ["\(step.link.role.word) \(source.label)"]
            guard found.count < Self.sourcesMax, path.count <= Self.depthMax else {
                throw Self.tooLarge(path)
            }
            let stated = Self.alternatives(source, book)
            found.append(
                Found(
                    source: source, alternatives: isLearned ? book.results(of: stated) : stated,
                    path: path, isData: isData))
            queue += source.links.map {
                Step(
                    link: $0, path: path, isData: isData, isLearned: isLearned,
                    isByTrained: source.isTrained)
            }
            parents += source.links.map { _ in layer ?? parent }
        }
        try Self.requireNoCycle(edges)
    }

    private mutating func note(_ path: [String]) {
        if unverified.count < Self.unverifiedMax { unverified.append(path) }
    }

    private static func alternatives(
        _ source: LicenceSource, _ book: LicenceBook
    ) -> [LicenceAlternative] {
        switch source.stated {
        case .expression(let expression): book.alternatives(ofStated: expression)
        case .terms(let terms): [LicenceAlternative(licences: [], terms: terms)]
        case .nothing: [LicenceAlternative(licences: [], terms: .unknown)]
        }
    }

    private static func tooLarge(_ path: [String]) -> LicenceRefusal {
        LicenceRefusal(
            rule: .tooLarge, subject: "ancestry", path: Array(path.suffix(2)),
            reason: "more than \(sourcesMax) ancestors or \(depthMax) generations",
            remedy: "name as parents only layers that this one was made from")
    }

    /// Takes layers without parents away until none is left; what stays goes round in a circle.
    private static func requireNoCycle(_ edges: [Digest: Set<Digest>]) throws(LicenceRefusal) {
        var open = edges
        while let free = open.first(where: { $0.value.allSatisfy { open[$0] == nil } }) {
            open[free.key] = nil
        }
        guard let stuck = open.keys.min() else { return }
        throw LicenceRefusal(
            rule: .cycle, subject: "ancestry", path: ["layer \(stuck.hexadecimal.prefix(16))"],
            reason: "the layer is named among its own ancestors",
            remedy: "name as parents only layers that this one was made from")
    }
}
