import Genome
import Host
import Learn
import Store
import Swarm
import Wire

/// Whether a layer's weights are another publisher's, although it does not say so: equal ones,
/// ones with the same tensors, or an adapter whose products are nearly another's.
struct OriginCheck {
    /// A layer that another seems to be made from without naming it.
    struct Finding {
        /// How that is known.
        enum Kind: String {
            /// The weights id is the same.
            case equalWeights
            /// Most of the tensors are the same.
            case equalTensors
            /// What the adapters add is nearly the same.
            case nearCopy
        }

        /// The layer that was here first.
        let original: LayerEntry
        /// Its full name.
        let reference: String
        /// How it is known.
        let kind: Kind
        /// How alike the two are, in hundredths.
        let percent: Int
        /// Whether the other one was made first, by the word of both.
        let isOlder: Bool

        /// `99 % of biolab.k7x2m4qa/poems@1.0.0 (…)`, for a sentence.
        var words: String {
            let what =
                switch kind {
                case .equalWeights: "its weights are those of"
                case .equalTensors: "\(percent) % of its tensors are those of"
                case .nearCopy: "what it adds is \(percent) % alike that of"
                }
            return "\(what) \(reference) (layer \(original.id.hexadecimal.prefix(16)), "
                + "publisher \(original.publisher.base32))"
        }

        /// What would make it allowed.
        func remedy(for weights: Digest?) -> String {
            let name = original.id.hexadecimal.prefix(16)
            let waiver = weights.map {
                "; or import a steward's waiver: plasmid licence waive \(name) --for "
                    + "\($0.hexadecimal)"
            }
            return "name where it comes from: --parent \(name)" + (waiver ?? "")
        }

        /// The finding in an answer.
        var json: JSONValue {
            [
                "layer": .string(original.id.hexadecimal), "ref": .string(reference),
                "publisher": .string(original.publisher.base32), "how": .string(kind.rawValue),
                "percent": .integer(Int64(percent)), "older": .bool(isOlder),
            ]
        }
    }

    /// Tensors below this many bytes may be equal by chance: norms of ones, biases of zeros.
    private static let tensorBytesMin: UInt64 = 4_096

    /// Part of a layer's tensor bytes from which it counts as made from another, in hundredths.
    private static let tensorPercentMin: UInt64 = 50

    let library: Library
    /// This node's key, whose word on relations counts.
    let own: NodeKey

    // MARK: Traces

    /// What the weights of a layer whose blobs are in the store are recognised by.
    func traces(of manifest: Manifest) -> WeightsTraces {
        var paths: [String: String] = [:]
        for file in manifest.files where !file.isEvidence {
            // An adapter is small; what another layer with the same file had coded is plain again.
            if manifest.base != nil { try? library.makeRaw(file.blob) }
            paths[file.path.text] = library.layout.plainPath(file.blob)
        }
        let files = LayerFiles(paths, title: manifest.name)
        var traces = WeightsTraces(tensors: [], sketch: nil)
        // Files that make no adapter have no sketch; what is wrong with them is said elsewhere.
        if manifest.base != nil { traces.sketch = try? AdapterSketch.compute(files) }
        guard let table = manifest.weights?.table,
            let rows = library.tensorTable(table.blob)?.rows
        else { return traces }
        for row in rows {
            if let size = row.shape.byteCount(of: row.type), size >= Self.tensorBytesMin {
                traces.tensors.insert(.init(hash: row.hash, size: size))
            }
        }
        return traces
    }

    /// Keeps the traces of a layer that is here now, and what stands between it and others, as
    /// far as that was found before.
    func remember(
        _ traces: WeightsTraces, of manifest: Manifest,
        _ found: ConflictCheck.Comparison = ConflictCheck.Comparison()
    ) throws(StoreError) {
        guard manifest.weights != nil else { return }
        try library.index.put(traces, of: manifest.layer, base: manifest.base)
        try ConflictCheck(library: library).keep(found, of: manifest, traces.sketch)
    }

    /// Looks at the layers that are here and were not looked at yet.
    func catchUp() throws(StoreError) {
        for layer in try library.index.layersWithoutTraces() {
            guard let manifest = manifest(layer) else { continue }
            try remember(traces(of: manifest), of: manifest)
        }
    }

    private func manifest(_ layer: Digest) -> Manifest? {
        (try? library.manifest(of: layer)) ?? nil
    }

    /// What of a layer is ciphertext that its publisher has nothing to do with: bytes that somebody
    /// else had sealed and put under a contract; nil if nothing is.
    func sealedForAnother(_ manifest: Manifest) throws(StoreError) -> String? {
        for file in manifest.files {
            let publishers = try library.publishers(holding: file.blob)
            guard let owner = publishers.first, !publishers.contains(manifest.publisher) else {
                continue
            }
            return "\(file.path.text) is ciphertext that \(owner.fingerprint) had put in keeping, "
                + "no work of \(manifest.publisher.fingerprint)"
        }
        return nil
    }

    // MARK: Findings

    /// The layers of others that are here, are not named by this one, and have its weights: the
    /// most alike first. Before, everything that is here must have been looked at.
    func findings(_ manifest: Manifest, _ traces: WeightsTraces) throws(StoreError) -> [Finding] {
        guard let weights = manifest.weights?.id else { return [] }
        let kin = try Kin(manifest, library.index, own)
        var found: [Digest: (kind: Finding.Kind, percent: Int)] = [:]
        for entry in try library.index.layers(weights: weights) {
            found[entry.id] = (.equalWeights, 100)
        }
        for (layer, percent) in try nearCopies(manifest, traces, kin) where found[layer] == nil {
            found[layer] = (.nearCopy, percent)
        }
        for (layer, percent) in try sameTensors(traces, kin) where found[layer] == nil {
            found[layer] = (.equalTensors, percent)
        }
        var findings: [Finding] = []
        for (layer, how) in found where !kin.knows(layer) {
            guard let entry = try library.index.layer(layer),
                entry.publisher != manifest.publisher,
                try !isWaived(manifest, entry)
            else { continue }
            let reference = self.manifest(layer)?.reference.description ?? entry.name
            findings.append(
                Finding(
                    original: entry, reference: reference, kind: how.kind, percent: how.percent,
                    isOlder: entry.created <= manifest.createdAt))
        }
        return findings.sorted {
            ($0.percent, $1.original.added, $1.original.id)
                > ($1.percent, $0.original.added, $0.original.id)
        }
    }

    /// What a manifest names, and who names it.
    private struct Kin {
        let layer: Digest
        let ancestors: Set<Digest>
        let descendants: Set<Digest>

        init(_ manifest: Manifest, _ index: Index, _ own: NodeKey) throws(StoreError) {
            layer = manifest.layer
            var ancestors: Set<Digest> = []
            for edge in manifest.edges where edge.isDescent {
                for member in try index.family(of: edge.target, .up, own: own).layers {
                    ancestors.insert(member.layer)
                }
            }
            // What is known of an ancestor by statements counts as much as what it says itself.
            for member in try index.family(of: manifest.layer, .up, own: own).layers {
                ancestors.insert(member.layer)
            }
            self.ancestors = ancestors.subtracting([manifest.layer])
            descendants = Set(
                try index.family(of: manifest.layer, .down, own: own).layers.map(\.layer))
        }

        /// Whether one of the two says that it comes from the other.
        func knows(_ other: Digest) -> Bool {
            other == layer || ancestors.contains(other) || descendants.contains(other)
        }
    }

    /// Adapters of the same base that are nearly the same. Two that were both made from a third are
    /// near each other for its sake: only who is nearer than every ancestor counts.
    private func nearCopies(
        _ manifest: Manifest, _ traces: WeightsTraces, _ kin: Kin
    ) throws(StoreError) -> [(Digest, Int)] {
        guard let sketch = traces.sketch, let base = manifest.base?.weights else { return [] }
        let others = try library.index.sketches(over: base)
        var nearest = 1.0
        for other in others where kin.ancestors.contains(other.layer) {
            nearest = min(nearest, Likeness(sketch, other.sketch).distance)
        }
        var found: [(Digest, Int)] = []
        for other in others {
            let likeness = Likeness(sketch, other.sketch)
            guard likeness.isNear, likeness.distance < nearest else { continue }
            if try sharesUnknownAncestor(other.layer, kin) { continue }
            found.append((other.layer, likeness.percent))
        }
        return found
    }

    /// Whether both name an adapter that is not here, for whose sake they may be alike.
    private func sharesUnknownAncestor(
        _ layer: Digest, _ kin: Kin
    ) throws(StoreError) -> Bool {
        for member in try library.index.family(of: layer, .up, own: own).layers
        where kin.ancestors.contains(member.layer) {
            if try library.index.layer(member.layer) == nil { return true }
        }
        return false
    }

    /// Layers that have most of the tensors that no ancestor has. Not of adapters: a factor that
    /// was never trained is zero or drawn from a seed, and the same everywhere.
    private func sameTensors(
        _ traces: WeightsTraces, _ kin: Kin
    ) throws(StoreError) -> [(Digest, Int)] {
        var own = traces.tensors
        let total = own.reduce(0) { $0 + $1.size }
        for ancestor in kin.ancestors {
            guard let known = try library.index.traces(of: ancestor) else { continue }
            own.subtract(known.tensors)
        }
        guard traces.sketch == nil, total > 0, !own.isEmpty else { return [] }
        var found: [(Digest, Int)] = []
        for (layer, bytes) in try library.index.holders(of: own) {
            let percent = bytes * 100 / total
            guard percent >= Self.tensorPercentMin, try !sharesUnknownAncestor(layer, kin) else {
                continue
            }
            found.append((layer, Int(percent)))
        }
        return found
    }

    // MARK: Waivers

    /// The claim of a steward that a layer was not made from another one.
    static let claim = "not-derived"

    /// Whether a steward whom the owner trusts says that the two have nothing to do with each
    /// other: about either of them, naming the other by layer id or weights id.
    private func isWaived(_ manifest: Manifest, _ original: LayerEntry) throws(StoreError) -> Bool {
        let now = Int64(Clock.wallMilliseconds() / 1_000)
        let stewards = Set(try library.index.stewards())
        guard !stewards.isEmpty else { return false }
        func isSaid(_ layer: Digest, of others: [Digest?]) throws(StoreError) -> Bool {
            try library.index.statements(about: layer).contains { bytes in
                guard let statement = try? Library.statement(in: bytes),
                    statement.kind == .attestation, stewards.contains(statement.publisher),
                    statement.isInForce(at: now), statement.body["claim"]?.string == Self.claim,
                    statement.body["result"]?.string == "passed",
                    let other = statement.body["other"]?.string.flatMap({
                        Digest(hexadecimal: $0)
                    })
                else { return false }
                return others.contains(other)
            }
        }
        let isOfOriginal = try isSaid(original.id, of: [manifest.layer, manifest.weights?.id])
        if isOfOriginal { return true }
        return try isSaid(manifest.layer, of: [original.id, original.weights])
    }
}
