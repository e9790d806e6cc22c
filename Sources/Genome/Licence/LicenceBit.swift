/// One thing that a licence asks or forbids, as far as it can be told by yes or no.
///
/// What needs a name besides (policies, caps, prefixes, share-alike) stands in `LicenceTerms`.
public enum LicenceBit: String, CaseIterable, Comparable, Sendable {
    /// No changed version may be passed on.
    case noDerivatives
    /// No change at all, not even for oneself: no right to change it is granted.
    case noChanges
    /// No commercial use.
    case nonCommercial
    /// Research only.
    case researchOnly
    /// Neither it nor its answers may improve models of another family.
    case noTrainOtherModels
    /// It may not be passed on at all.
    case noRedistribute
    /// Who made it must be named, in the way the licence says.
    case attribution
    /// A copy of the licence goes with it.
    case licenceCopy
    /// A person must accept the terms before taking the layer in.
    case needsAcceptance
    /// What it asks is not known here, so it counts as asking everything.
    case unknown

    /// Whether this is a duty of whoever passes the work on. Duties travel with the work, so a
    /// child need not repeat them; restrictions must stand in the child's own terms.
    public var isDuty: Bool {
        switch self {
        case .attribution, .licenceCopy, .needsAcceptance: true
        case .noDerivatives, .noChanges, .nonCommercial, .researchOnly, .noTrainOtherModels,
            .noRedistribute,
            .unknown:
            false
        }
    }

    /// What it means, for people.
    public var meaning: String {
        switch self {
        case .noDerivatives: "no changed version may be passed on"
        case .noChanges: "no right to change it, not even for yourself"
        case .nonCommercial: "no commercial use"
        case .researchOnly: "for research only"
        case .noTrainOtherModels: "may not improve models of another family"
        case .noRedistribute: "may not be passed on"
        case .attribution: "name who made it, as the licence says"
        case .licenceCopy: "a copy of the licence goes with it"
        case .needsAcceptance: "a person accepts the terms before taking it in"
        case .unknown: "what it asks is not known here"
        }
    }

    /// In the order of the cases.
    public static func < (left: LicenceBit, right: LicenceBit) -> Bool {
        left.place < right.place
    }

    private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
