import Genome
import Wire

/// The id of a layer of which everyone may know, as its own policy says. What a node tells everyone
/// that it holds is made of these alone: an id from elsewhere does not compile.
struct OpenLayer: Sendable {
    /// The layer's id.
    let id: Digest

    /// Nil for a layer that is not public.
    init?(_ layer: HeldLayer) {
        guard layer.policy.visibility == .public else { return nil }
        id = layer.layer
    }

    /// What a node says to everyone of those that it holds.
    static func holdings(_ layers: [OpenLayer]) -> [HoldingsContent] {
        HoldingsContent.split(layers.map(\.id))
    }
}
