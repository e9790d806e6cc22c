/// What someone may want to do with a layer.
public enum Action: String, Sendable, CaseIterable {
    /// Learn that it exists.
    case see
    /// Take its plain bytes in.
    case fetch
    /// Be given its plain bytes by this node.
    case serve
    /// Keep a copy in order to serve it to others.
    case mirror
    /// Have everyone told, by a record that gossip carries, where it can be had.
    case announce
    /// Sign it and give it out under its terms.
    case publish
    /// Learn from it: train its weights on, or use its data.
    case train
    /// Make a layer of it without learning: merge, quantise, convert.
    case derive
    /// Compute answers with it.
    case run

    /// Whether plain bytes of it reach somebody who did not have them.
    var handsOver: Bool { self == .fetch || self == .serve || self == .mirror }

    /// Whether it takes place on the machine of whoever asks.
    var isUse: Bool { self == .train || self == .derive || self == .run }

    /// The command of a grant that covers it; nil for what no grant gives.
    var command: Grant.Command? {
        switch self {
        case .see, .fetch, .serve: .read
        case .mirror: .mirror
        case .train: .train
        case .derive: .derive
        case .run: .run
        case .announce, .publish: nil
        }
    }
}
