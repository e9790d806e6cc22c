/// The rules that terms keep from what a layer is made from to the layer.
public enum LicenceRule: String, CaseIterable, Sendable {
    /// A parent forbids derived works: the child stays on this node.
    case noDerivatives
    /// A parent may not be passed on, nor what holds it.
    case noRedistribute
    /// A parent's terms are not known here, so they count as forbidding everything.
    case unknownTerms
    /// A layer that leaves the node states no terms of its own.
    case unstated
    /// The child's terms leave out a restriction of a parent's.
    case weakerTerms
    /// Data whose licence allows only models of its own family.
    case otherModels
    /// The child's licence is neither the parent's share-alike one nor a listed upgrade.
    case shareAlike
    /// Two share-alike families: no licence satisfies both.
    case shareAlikeFamilies
    /// The child's share-alike licence does not take a parent's conditions in.
    case incompatible
    /// The child's name does not begin as a parent's licence asks.
    case namePrefix
    /// The child would be visible to more than a parent allows.
    case visibility
    /// Layers that descend from each other.
    case cycle
    /// More ancestors, generations or choices than are followed.
    case tooLarge
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
