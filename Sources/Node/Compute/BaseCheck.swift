import Genome
import Learn
import Wire

/// Whether layers were made for a base: by weights, graph and tokenizer, never by a name.
enum BaseCheck {
    /// Refuses a layer that was made for another base; tells whether all could be checked.
    static func check(
        _ base: LayerSource, _ layers: [LayerSource]
    ) throws(Failure) -> ComputeSession.BaseMatch {
        let named = layers.filter { $0.base != nil }
        guard let first = named.first else {
            return layers.isEmpty && base.layer != nil ? .verified : .unverified
        }
        // A folder is hashed only where a layer says what it should be.
        let offers: BaseFacts
        if let facts = base.offers {
            offers = facts
        } else if base.layer == nil {
            offers = try LayerSource.baseFacts(folder: base.title)
        } else {
            throw Failure(
                .refused, "\(base.title) is not a base model", why: "\(first.title) needs one")
        }
        for layer in named {
            guard let wanted = layer.base else { continue }
            try compare("weights", wanted.weights, offers.weights, layer, base)
            try compare("graph", wanted.graph, offers.graph, layer, base)
            if let tokenizer = wanted.tokenizer {
                try compare("tokenizer", tokenizer, offers.tokenizer, layer, base)
            }
        }
        return named.count == layers.count ? .verified : .unverified
    }

    private static func compare(
        _ what: String, _ wanted: Digest, _ found: Digest?, _ layer: LayerSource,
        _ base: LayerSource
    ) throws(Failure) {
        guard wanted != found else { return }
        let words = found.map { String($0.hexadecimal.prefix(16)) } ?? "none"
        let fault = LearnError.weights(
            .wrongBase(
                what: what, expected: String(wanted.hexadecimal.prefix(16)), found: words))
        throw Failure(fault, doing: "putting \(layer.title) on \(base.title)")
    }
}
