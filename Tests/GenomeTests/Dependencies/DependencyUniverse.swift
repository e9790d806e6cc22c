import Wire

@testable import Genome

/// Small worlds of layers with versions and needs, and every way to satisfy them tried.
struct DependencyUniverse {
    /// A layer: name, version and needs as `kind name range`.
    typealias Entry = (name: String, version: String, needs: [String])

    let candidates: [DependencyCandidate]
    private let titles: [Digest: String]

    init(_ entries: [Entry]) {
        let publisher = Fixtures.publisher.publicKey
        candidates = entries.map { entry in
            let needs = entry.needs.map { text -> LayerDependency in
                let parts = text.split(separator: " ", maxSplits: 2).map { String($0) }
                let place = LayerPlace(publisher: publisher, name: parts[1])
                return LayerDependency(
                    .named(place, VersionRange(parts[2])!),
                    kind: parts[0] == "conflicts" ? "conflicts-with" : "requires",
                    isRequired: parts[0] != "suggests")
            }
            return DependencyCandidate(
                layer: Self.digest(entry),
                place: LayerPlace(publisher: publisher, name: entry.name),
                version: SemanticVersion(entry.version), dependencies: needs,
                title: "\(entry.name)@\(entry.version)")
        }
        titles = Dictionary(uniqueKeysWithValues: candidates.map { ($0.layer, $0.title) })
    }

    private static func digest(_ entry: Entry) -> Digest {
        Blake3.hash(Array("\(entry.name)@\(entry.version)".utf8))
    }

    /// A random world: `names` layers of up to three versions, each with up to three needs.
    static func random(_ draw: inout LicenceDraw, names count: Int) -> DependencyUniverse {
        let names = (0..<count).map { "l\($0)" }
        let ranges = ["*", "^1.0.0", "^2.0.0", "1.0.0", "2.0.0", "<2.0.0", ">=1.1.0", "~1.0.0"]
        var entries: [Entry] = []
        for name in names {
            for version in ["1.0.0", "1.1.0", "2.0.0"] where draw.number(4) > 0 || name == "l0" {
                if name == "l0", version != "1.0.0" { continue }
                var needs: [String] = []
                for _ in 0..<draw.number(name == "l0" ? 4 : 3) {
                    let kind = draw.number(4) == 0 ? "conflicts" : "requires"
                    needs.append("\(kind) \(draw.one(of: names)) \(draw.one(of: ranges))")
                }
                entries.append((name, version, needs))
            }
        }
        return DependencyUniverse(entries)
    }

    var root: DependencyCandidate { candidates[0] }

    /// What the resolver says of the first layer.
    func resolve() -> DependencyAnswer {
        DependencyResolver(root, candidates: candidates).resolve()
    }

    /// The titles of a lock in its order.
    func titles(_ lock: DependencyLock) -> [String] { lock.layers.map { titles[$0] ?? "?" } }

    /// The titles of the lock of the first layer; nil if there is none.
    func locked() -> [String]? {
        guard case .locked(let lock) = resolve() else { return nil }
        return titles(lock)
    }

    // MARK: Every way

    /// Every set of layers, the first among them, that satisfies all needs: one version of a name,
    /// every need met inside, no conflict inside, no circle, nothing that is not needed.
    func everyWay() -> [[DependencyCandidate]] {
        let groups = Dictionary(grouping: candidates.dropFirst(), by: { $0.place! })
            .sorted { $0.key.name < $1.key.name }
        var ways: [[DependencyCandidate]] = [[root]]
        for group in groups {
            ways += ways.flatMap { way in group.value.map { way + [$0] } }
        }
        return ways.filter { isGood($0) }
    }

    /// The same of one set; `ignoring` leaves out needs of a layer by their places.
    func isGood(_ way: [DependencyCandidate]) -> Bool {
        guard Set(way.map(\.place)).count == way.count else { return false }
        var edges: [Digest: [DependencyCandidate]] = [:]
        for layer in way {
            for need in layer.dependencies where need.isRequired {
                let meant = way.filter { $0.isMeant(by: need.target) }
                if need.kind == "conflicts-with" {
                    guard meant.isEmpty else { return false }
                } else {
                    guard let one = meant.first else { return false }
                    edges[layer.layer, default: []].append(one)
                }
            }
        }
        // Everything is reached from the first layer, and nothing reaches itself.
        func reached(_ start: DependencyCandidate) -> Set<Digest> {
            var seen = Set<Digest>()
            var open = [start]
            while let next = open.popLast() {
                for target in edges[next.layer] ?? [] where seen.insert(target.layer).inserted {
                    open.append(target)
                }
            }
            return seen
        }
        guard way.allSatisfy({ !reached($0).contains($0.layer) }) else { return false }
        return reached(way[0]).count == way.count - 1
    }

    /// The layers of a lock with the first one.
    func layers(_ lock: DependencyLock) -> [DependencyCandidate] {
        [root] + lock.layers.compactMap { id in candidates.first { $0.layer == id } }
    }
}
