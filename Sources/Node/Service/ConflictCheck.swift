import Genome
import Store
import Wire

/// Holds an adapter that came here against the others of its base, and keeps what stands between
/// them as edges of the graph. Derived like the sketches it rests on: it is made again with them.
struct ConflictCheck {
    /// What was found before the adapter is in the index.
    struct Comparison: Sendable {
        /// What stands between it and others.
        var edges: [LayerEdge] = []
        /// The adapters of its base that were here.
        var others: Set<Digest> = []
    }

    let library: Library

    /// Compares a layer with all adapters of the same base weights that are here: work that grows
    /// with their number, and changes nothing.
    func compare(
        _ manifest: Manifest, _ sketch: WeightsSketch?, besides known: Set<Digest> = []
    ) throws(StoreError) -> Comparison {
        var found = Comparison()
        guard let sketch, let base = manifest.base else { return found }
        let own = LayerConflict.Side(base: base, licence: manifest.licence, sketch: sketch)
        found.others = Set(try library.index.sketched(over: base.weights))
        for other in try library.index.sketches(over: base.weights, besides: known)
        where other.layer != manifest.layer && found.others.contains(other.layer) {
            let side = LayerConflict.Side(
                base: other.base,
                licence: other.licence.flatMap { try? LicenceExpression(parsing: $0) },
                sketch: other.sketch)
            found.edges += LayerConflict.between(own, side).map {
                $0.edge(from: manifest.layer, to: other.layer)
            }
        }
        return found
    }

    /// Keeps what stands between a layer, whose sketch is kept, and others: what was `found` of
    /// those that are here still, and what is to be said of those that came since.
    func keep(
        _ found: Comparison, of manifest: Manifest, _ sketch: WeightsSketch?
    ) throws(StoreError) {
        guard let sketch, let base = manifest.base else { return }
        let late = try compare(manifest, sketch, besides: found.others)
        let present = Set(try library.index.sketched(over: base.weights))
        try library.index.put(
            comparisons: found.edges.filter { present.contains($0.target) } + late.edges,
            of: manifest.layer)
    }
}
