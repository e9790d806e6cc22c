import Genome
import Store
import Wire

/// Holds an adapter that came here against the others of its base, and keeps what stands between
/// them as edges of the graph. Derived like the sketches it rests on: it is made again with them.
struct ConflictCheck {
    let library: Library

    /// Compares a layer, whose sketch is kept, with all adapters of the same base weights.
    func run(_ manifest: Manifest, _ sketch: WeightsSketch?) throws(StoreError) {
        guard let sketch, let base = manifest.base else { return }
        let own = LayerConflict.Side(base: base, licence: manifest.licence, sketch: sketch)
        var edges: [LayerEdge] = []
        for other in try library.index.sketches(over: base.weights)
        where other.layer != manifest.layer {
            guard let partner = try library.manifest(of: other.layer), let base = partner.base
            else {
                continue
            }
            let side = LayerConflict.Side(
                base: base, licence: partner.licence, sketch: other.sketch)
            edges += LayerConflict.between(own, side).map {
                $0.edge(from: manifest.layer, to: other.layer)
            }
        }
        try library.index.put(comparisons: edges, of: manifest.layer)
    }
}
