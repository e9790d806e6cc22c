/// One way to satisfy a licence expression: the licences that hold together when every choice that
/// the expression leaves has been made.
public struct LicenceAlternative: Hashable, Sendable {
    /// The licences, each with its exception, sorted.
    public let licences: [String]
    /// What they ask together.
    public let terms: LicenceTerms

    /// Licences with what they ask.
    public init(licences: [String], terms: LicenceTerms) {
        self.licences = Set(licences).sorted()
        self.terms = terms
    }

    /// Both together.
    func joined(_ other: LicenceAlternative) -> LicenceAlternative {
        LicenceAlternative(
            licences: licences + other.licences, terms: terms.joined(other.terms))
    }

    /// `X WITH Y` joined into one name.
    static func name(_ licence: String, with addition: String) -> String {
        "\(licence) WITH \(addition)"
    }

    /// The licence of a name without its exception.
    static func withoutAddition(_ name: String) -> String {
        guard let end = name.firstRange(of: " WITH ") else { return name }
        return String(name[..<end.lowerBound])
    }

    /// Those that ask least: none of them is at least as strict as another one. What a stricter one
    /// allows one of these allows too.
    public static func mildest(of terms: [LicenceTerms]) -> [LicenceTerms] {
        var kept: [LicenceTerms] = []
        for candidate in terms
        where !kept.contains(where: { candidate.isAtLeastAsStrict(as: $0) }) {
            kept.removeAll { $0.isAtLeastAsStrict(as: candidate) }
            kept.append(candidate)
        }
        return kept
    }
}
