import Genome
import Wire

/// What someone may want to do with a layer.
public enum Action: Sendable, CaseIterable {
    /// Learn that it exists.
    case see
    /// Take it in.
    case fetch
    /// Give its bytes to a peer.
    case serve
    /// Tell others that this node has it.
    case announce
}

/// The answer of the one function that decides.
public enum Decision: Equatable, Sendable {
    /// It may be done.
    case allow
    /// It may not; the reason is for those who may know that the layer exists.
    case refuse(String)

    /// Decides whether `peer` (nil: this node's owner) may do `action`. Deny by default: only
    /// public layers leave the node, and those of other publishers only when they allow it and
    /// the owner seeds.
    public static func decide(
        _ action: Action, visibility: Visibility, isPeerToPeer: Bool, isOwn: Bool,
        isSeeding: Bool, peer: NodeKey?
    ) -> Decision {
        guard let _ = peer else {
            guard action == .announce || action == .serve else { return .allow }
            return decideForEveryone(
                visibility: visibility, isPeerToPeer: isPeerToPeer, isOwn: isOwn,
                isSeeding: isSeeding)
        }
        return decideForEveryone(
            visibility: visibility, isPeerToPeer: isPeerToPeer, isOwn: isOwn,
            isSeeding: isSeeding)
    }

    private static func decideForEveryone(
        visibility: Visibility, isPeerToPeer: Bool, isOwn: Bool, isSeeding: Bool
    ) -> Decision {
        guard visibility == .public else {
            return .refuse("its visibility is \(visibility.rawValue)")
        }
        if isOwn { return .allow }
        guard isPeerToPeer else { return .refuse("only its publisher serves it") }
        guard isSeeding else { return .refuse("this node does not seed") }
        return .allow
    }
}
