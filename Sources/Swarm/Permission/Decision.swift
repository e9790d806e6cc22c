import Genome
import Wire

/// What someone may want to do with a layer.
public enum Action: Sendable, CaseIterable {
    /// Learn that it exists.
    case see
    /// Take it in.
    case fetch
    /// Get its bytes from this node.
    case serve
    /// Tell everyone that this node has it.
    case announce
}

/// The terms of a layer that decide who may do what.
public struct LayerTerms: Equatable, Sendable {
    /// Who may know of it.
    public let visibility: Visibility
    /// How it may travel.
    public let distribution: Distribution
    /// Whether this node's key signed it.
    public let isOwn: Bool
    /// Why its licence may not stand beside those of what it was made from, as far as these are
    /// known here; nil where it may.
    public let licenceFault: String?

    /// Terms of a layer.
    public init(
        visibility: Visibility, distribution: Distribution, isOwn: Bool,
        licenceFault: String? = nil
    ) {
        self.visibility = visibility
        self.distribution = distribution
        self.isOwn = isOwn
        self.licenceFault = licenceFault
    }
}

/// The answer of the one function that decides.
public enum Decision: Equatable, Sendable {
    /// It may be done.
    case allow
    /// It may not; the reason is for those who may know that the layer exists.
    case refuse(String)

    /// Decides whether `peer` (nil: this node's owner) may do `action` with a layer of these
    /// terms. Deny by default: only public layers leave the node; those of other publishers only
    /// when they allow it and the owner seeds; and only layers of global scope are announced,
    /// because a record reaches everyone. A layer whose licence drops what its parents ask is
    /// taken in, given out and announced by nobody, its owner included.
    public static func decide(
        _ action: Action, _ terms: LayerTerms, peer: NodeKey?, isSeeding: Bool
    ) -> Decision {
        if let fault = terms.licenceFault, action != .see { return .refuse(fault) }
        if peer == nil && (action == .see || action == .fetch) { return .allow }
        guard terms.visibility == .public else {
            return .refuse("its visibility is \(terms.visibility.rawValue)")
        }
        if action == .announce {
            guard terms.distribution.scope == .global, terms.distribution.isGloballyAvailable
            else { return .refuse("its scope is not global") }
        }
        if terms.isOwn { return .allow }
        guard terms.distribution.isPeerToPeer else {
            return .refuse("only its publisher serves it")
        }
        guard isSeeding else { return .refuse("this node does not seed") }
        return .allow
    }
}
