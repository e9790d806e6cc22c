import Wire

/// What the own catalogue is good for.
public enum CatalogueStanding: Equatable, Sendable {
    /// It keeps little on purpose: the owner said so.
    case light
    /// It has not yet agreed with anybody's since the node started.
    case filling
    /// It agreed with that of a node which keeps everything.
    case whole
}

extension Swarm {
    /// What the own catalogue is good for: others are asked where it is not whole, and are answered
    /// only where it is.
    public var standing: CatalogueStanding {
        if settings.isLight { return .light }
        return gossip.hasAgreed ? .whole : .filling
    }

    /// A comparison with a peer came to its end. With a node that keeps everything both now hold
    /// what the other held.
    mutating func noteAgreement(_ number: SessionNumber) {
        guard let session = sessions[number], !session.hasLostRecords,
            gossip.unkept.reason == nil,
            let said = session.introduction, said.features & Introduction.light == 0
        else { return }
        gossip.hasAgreed = true
    }
}
