/// The rules that terms keep from what a layer is made from to the layer.
public enum LicenceRule: String, CaseIterable, Sendable {
    /// More ancestors, generations or choices than are followed.
    case tooLarge
    /// Layers that descend from each other.
    case cycle
    /// A parent forbids derived works.
    case noDerivatives
    /// A parent may not be passed on, nor what holds it.
    case noRedistribute
    /// A parent's terms are not known here.
    case unknownTerms
    /// The child would be visible to more than a parent allows.
    case visibility
    /// The child's name does not begin as a parent's licence asks.
    case namePrefix
    /// A layer that leaves the node states no terms of its own.
    case unstated
    /// Data whose licence allows only models of its own family.
    case otherModels
    /// The child's terms leave out a restriction of a parent's.
    case weakerTerms
    /// Two share-alike families.
    case shareAlikeFamilies
    /// The child's licence is neither the parent's share-alike one nor a listed upgrade.
    case shareAlike
    /// The child's share-alike licence does not take a parent's conditions in.
    case incompatible

    /// What it asks, for the format's page.
    public var meaning: String {
        switch self {
        case .tooLarge: "no more ancestors, generations or choices than are followed"
        case .cycle: "no layer among its own ancestors"
        case .noDerivatives: "what is made from a work without derivatives stays on its node"
        case .noRedistribute: "what holds a work that may not be passed on stays on its node"
        case .unknownTerms: "what is made from a layer with unknown terms stays on its node"
        case .visibility: "no wider than an ancestor allows"
        case .namePrefix: "the name begins as every licence asks; case, `-` and `_` aside"
        case .unstated: "a layer that leaves its node states terms"
        case .otherModels:
            "data with `noTrainOtherModels` only for a base or parent under the same use policy"
        case .weakerTerms: "every restriction, use policy and bound stands in the layer's own terms"
        case .shareAlikeFamilies: "there is a licence that all ancestors leave open"
        case .shareAlike: "one of the layer's licences is one that all ancestors leave open"
        case .incompatible:
            "a share-alike licence of the layer's takes in what all others ask"
        }
    }
}

/// Why a layer may not bear its terms, where that comes from and what would make it allowed.
public struct LicenceRefusal: Error, Hashable, Sendable {
    /// The rule.
    public let rule: LicenceRule
    /// What is at stake: `researchOnly`, a policy, a licence.
    public let subject: String
    /// The shortest way from the layer to where it comes from: `parent P`, `dataset D`.
    public let path: [String]
    /// What is wrong, in a clause that follows subject and path.
    public let reason: String
    /// What would make it allowed.
    public let remedy: String

    /// A refusal.
    public init(
        rule: LicenceRule, subject: String, path: [String], reason: String, remedy: String
    ) {
        self.rule = rule
        self.subject = subject
        self.path = path
        self.reason = reason
        self.remedy = remedy
    }
}

extension LicenceRefusal: CustomStringConvertible {
    /// `researchOnly via parent P via dataset D: …`.
    public var description: String { "\(origin): \(reason)" }

    /// The subject with its path.
    public var origin: String {
        ([subject] + path.map { "via \($0)" }).joined(separator: " ")
    }
}
