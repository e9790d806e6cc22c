import Genome
import Store
import Wire

/// The terms of a layer beside those of what it was made from, as far as that is in the store.
struct KnownTerms {
    let library: Library

    /// Whether the layer may bear its terms, and what they are with those of its ancestors. An
    /// ancestor that is not here is no fault: it is named as unverified.
    func answer(_ manifest: Manifest) -> LicenceAnswer {
        var links: [LicenceLink] = []
        if let base = manifest.base {
            links = unnamedBase(base.weights, layer: base.layer, of: manifest.layer)
        }
        return answer(manifest.licenceChild(madeFrom: links), by: manifest.publisher)
    }

    /// The same for a layer that is yet to be made.
    func answer(_ child: LicenceChild, by publisher: NodeKey) -> LicenceAnswer {
        LicencePropagation { layer in
            manifest(layer)?.licenceSource(for: publisher)
        }.check(child)
    }

    /// The layer that holds the base's weights, where no layer is named that is here: leaving its
    /// name out does not leave its terms out. Of several the one that came first.
    func unnamedBase(
        _ weights: Digest, layer: Digest?, of child: Digest? = nil
    ) -> [LicenceLink] {
        if let layer, manifest(layer) != nil { return [] }
        let holders = (try? library.index.layers(weights: weights)) ?? []
        let first = holders.filter { $0.id != child }.min { $0.added < $1.added }
        return first.map { [LicenceLink(.base, .layer($0.id))] } ?? []
    }

    private func manifest(_ layer: Digest) -> Manifest? {
        guard let bytes = try? library.index.envelope(of: layer),
            let envelope = try? Envelope.decode(bytes, payloadMax: Limits.manifestBytesMax)
        else { return nil }
        return try? Manifest.verified(in: envelope)
    }
}
