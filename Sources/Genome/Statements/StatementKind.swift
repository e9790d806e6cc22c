/// What a statement says about a layer. Everything about a layer that can change is one of these.
public enum StatementKind: String, CaseIterable, Sendable {
    /// Who may know of the layer now; never wider than its manifest allows.
    case visibility
    /// A right given to one key.
    case grant
    /// A contract that a node keeps a copy.
    case mirror
    /// How the layer reaches those who mirror it, and how many of them should.
    case propagation
    /// The publisher takes the layer back; honest nodes stop serving it.
    case withdrawal
    /// A measured capability or cost.
    case measurement
    /// Something was checked: replayed, tested, found safe or compatible.
    case attestation
    /// A judgement by a peer.
    case review
    /// A user's experience.
    case feedback
    /// Who did what for the layer.
    case contribution
    /// How the layer came from another.
    case evolution
    /// What its use costs and who is paid.
    case economicModel
    /// The publisher advises against further use.
    case deprecation
    /// Someone accepts the layer's terms.
    case acceptance

    /// Whether only the publisher, or a key that delegated to it, may say this; anyone may say the
    /// others about any layer.
    public var isPublishersAlone: Bool {
        switch self {
        case .visibility, .grant, .mirror, .propagation, .withdrawal, .economicModel,
            .deprecation:
            true
        case .measurement, .attestation, .review, .feedback, .contribution, .evolution,
            .acceptance:
            false
        }
    }

    /// The members of the statement's body.
    public var fields: [Schema.Field] {
        switch self {
        case .visibility, .grant, .mirror, .propagation, .withdrawal, .deprecation, .acceptance:
            StatementSchema.controlFields(of: self)
        case .measurement, .attestation, .review, .feedback, .contribution, .evolution,
            .economicModel:
            StatementSchema.reportFields(of: self)
        }
    }
}
