import Genome
import Host
import Store
import Wire

/// What may be on this machine already of layers that are being fetched: what is looked at before
/// peers are asked. Nothing found is believed; only groups that match the blob's id are taken.
final class ReusePlans: Sendable {
    /// What is known of a blob's surroundings.
    struct Plan: Sendable {
        let layer: Digest
        let path: LayerPath
        /// The layer's tensor table, where the blob is a file of tensors.
        let table: BlobReference?
        /// Blobs of other versions, parents and the base under the same path.
        let relatives: [Digest]
    }

    private struct State {
        var plans: [Digest: Plan] = [:]
        var layers: [Digest] = []
        var offered: [Digest: [File]] = [:]
        /// Blobs whose sources at equal places were looked through.
        var seen: Set<Digest> = []
    }

    /// Most layers whose plans are kept: as many fetches as run at a time.
    private static let layersMax = 64
    /// Most other layers whose files are looked at for one.
    private static let relativesMax = 8

    private let library: Library
    private let state = Lock(State())

    /// Nothing planned yet.
    init(library: Library) { self.library = library }

    /// Open files of the owner that may hold parts of a layer.
    func offer(_ files: [File], for layer: Digest) {
        if files.isEmpty { return }
        state.withLock { $0.offered[layer] = files }
    }

    /// Lets go of them, and of what is known of the layer.
    func forget(_ layer: Digest) {
        state.withLock { state in
            state.offered[layer] = nil
            state.layers.removeAll { $0 == layer }
            for (blob, plan) in state.plans where plan.layer == layer {
                state.plans[blob] = nil
                state.seen.remove(blob)
            }
        }
    }

    /// Takes in what a manifest says of its blobs.
    func learn(_ manifest: Manifest) {
        let relatives = relatives(of: manifest)
        let weights = manifest.weights
        state.withLock { state in
            if state.layers.count >= Self.layersMax {
                let oldest = state.layers.removeFirst()
                state.plans = state.plans.filter { $0.value.layer != oldest }
            }
            state.layers.removeAll { $0 == manifest.layer }
            state.layers.append(manifest.layer)
            for file in manifest.files {
                let isTensors = weights?.files.contains(file.path) ?? false
                state.plans[file.blob] = Plan(
                    layer: manifest.layer, path: file.path,
                    table: isTensors ? weights?.table : nil,
                    relatives: relatives[file.path] ?? [])
            }
        }
    }

    /// Blobs of layers that are likely to share bytes, by path.
    private func relatives(of manifest: Manifest) -> [LayerPath: [Digest]] {
        let named = try? library.index.layers(named: manifest.name, by: manifest.publisher)
        let versions = (named ?? []).sorted { $0.added > $1.added }.map(\.id)
        let kin =
            versions + manifest.parents.map(\.layer) + [manifest.base?.layer].compactMap { $0 }
        var found: [LayerPath: [Digest]] = [:]
        for layer in kin.filter({ $0 != manifest.layer }).prefix(Self.relativesMax) {
            for file in (try? library.index.files(of: layer)) ?? [] {
                found[file.path, default: []].append(file.blob)
            }
        }
        return found
    }

    /// Whether a search may find something of a blob, so that peers should wait for it. `hasBytes`
    /// says that an earlier session left bytes that could not be judged without the group layer.
    func mayHelp(_ blob: Digest, hasBytes: Bool) -> Bool {
        let (plan, hasFiles) = state.withLock { state in
            (state.plans[blob], state.plans[blob].map { state.offered[$0.layer] != nil } ?? false)
        }
        guard let plan else { return hasBytes }
        return hasBytes || hasFiles || !plan.relatives.isEmpty
            || plan.table != nil && ((try? library.index.hasTensors()) ?? false)
    }

    /// Takes what is here into a blob whose group layer is known. The number of first groups that
    /// peers should send before it is worth while to look again; nil when all is done.
    func search(_ partial: PartialBlob) throws(StoreError) -> UInt64? {
        let (plan, files, isFirst) = state.withLock { state in
            let plan = state.plans[partial.id]
            return (
                plan, plan.flatMap { state.offered[$0.layer] } ?? [],
                state.seen.insert(partial.id).inserted
            )
        }
        if isFirst {
            _ = try partial.salvage()
            for file in files where !partial.groups.isComplete {
                _ = try partial.adopt(from: .file(file))
            }
            for blob in plan?.relatives ?? [] where !partial.groups.isComplete {
                guard let reader = try? BlobReader(blob, layout: library.layout) else { continue }
                _ = try partial.adopt(from: ByteSource(reader))
            }
        }
        guard let plan, let table = plan.table, !partial.groups.isComplete else { return nil }
        let search = TensorSearch(library: library, layer: plan.layer, table: table.blob)
        switch search.run(partial) {
        case .needs(let groups): return UInt64(groups)
        case .found(let pieces):
            _ = try partial.assemble(pieces)
            return nil
        }
    }
}
