/// What kind of terms a licence sets, as far as one word can tell: what a search narrows by.
///
/// By the licences that every node knows, so that two nodes class a layer alike; what a steward
/// says about a licence of its own counts where a layer is taken in, not here.
public enum LicenceClass: String, CaseIterable, Sendable {
    /// Any use; at most a notice and a name.
    case permissive
    /// What is made from it must bear the same licence.
    case shareAlike
    /// Uses are listed that are forbidden, or a bound is set, or terms must be accepted.
    case conditional
    /// No commercial use.
    case nonCommercial
    /// Nothing may be made from it.
    case noDerivatives
    /// Not known here.
    case unknown

    /// The class of a licence expression; of several choices the mildest.
    public init(of expression: String) {
        self = Self.known[expression] ?? Self.read(expression)
    }

    /// The classes of licences that stand alone, since a search asks for that of every candidate.
    private static let known: [String: LicenceClass] = Dictionary(
        LicenceCatalogue.entries.map { ($0.id, read($0.id)) }, uniquingKeysWith: { one, _ in one })

    private static func read(_ expression: String) -> LicenceClass {
        guard let parsed = try? LicenceExpression(parsing: expression) else { return .unknown }
        let choices = LicenceBook.catalogue.alternatives(ofStated: parsed).map {
            Self($0.terms)
        }
        return allCases.first { choices.contains($0) } ?? .unknown
    }

    private init(_ terms: LicenceTerms) {
        let forbidsChange = !terms.bits.isDisjoint(with: [.noDerivatives, .noChanges])
        let hasConditions = !terms.bits.isDisjoint(with: [.noTrainOtherModels, .needsAcceptance])
        if terms.bits.contains(.unknown) {
            self = .unknown
        } else if forbidsChange {
            self = .noDerivatives
        } else if terms.commercialUse == .no {
            self = .nonCommercial
        } else if hasConditions || terms.commercialUse == .conditional {
            self = .conditional
        } else if terms.derived.isShareAlike {
            self = .shareAlike
        } else {
            self = .permissive
        }
    }
}
