/// What licences ask, as far as a node knows: the catalogue and the mappings of stewards that its
/// owner trusts.
public struct LicenceBook: Sendable {
    /// Most ways to satisfy one expression, or the terms of all parents together. Real ones have
    /// two or three; without a bound a short text could have 2^40, and every pair is compared.
    public static let alternativesMax = 16

    private let mapped: [String: LicenceTerms]

    /// The catalogue alone.
    public static let catalogue = LicenceBook(mappings: [])

    /// The catalogue with mappings, whose signatures and stewards the caller has checked. Two that
    /// map one licence differently count together: the stricter reading holds.
    public init(mappings: [LicenceMapping]) {
        var mapped: [String: LicenceTerms] = [:]
        for entry in mappings.flatMap(\.entries) {
            mapped[entry.id] = (mapped[entry.id] ?? .none).joined(entry.terms)
        }
        self.mapped = mapped.mapValues { terms in
            terms.derived.isShareAlike ? terms : terms.refusedByShareAlike()
        }
    }

    /// Every way to satisfy an expression; too many are refused.
    public func alternatives(
        of expression: LicenceExpression
    ) throws(GenomeError) -> [LicenceAlternative] {
        let found: [LicenceAlternative]
        switch expression {
        case .licence(let id, let orLater):
            found = Self.versions(of: id, orLater: orLater).map { alternative($0) }
        case .with(let licence, let addition):
            let plain = try alternatives(of: licence)
            found = plain.flatMap(\.licences).map { alternative($0, with: addition) }
        case .and(let left, let right):
            let lefts = try alternatives(of: left)
            let rights = try alternatives(of: right)
            guard lefts.count * rights.count <= Self.alternativesMax * 4 else {
                throw .tooLarge(what: "number of choices", limit: Self.alternativesMax)
            }
            found = lefts.flatMap { left in rights.map { left.joined($0) } }
        case .or(let left, let right):
            found = try alternatives(of: left) + alternatives(of: right)
        }
        var distinct: [LicenceAlternative] = []
        for alternative in found where !distinct.contains(alternative) {
            distinct.append(alternative)
        }
        guard distinct.count <= Self.alternativesMax else {
            throw .tooLarge(what: "number of choices", limit: Self.alternativesMax)
        }
        return distinct
    }

    /// The ways to satisfy what a layer states; one that states nothing, or leaves too many
    /// choices, has unknown terms.
    public func alternatives(ofStated expression: LicenceExpression?) -> [LicenceAlternative] {
        guard let expression, let found = try? alternatives(of: expression) else {
            return [LicenceAlternative(licences: [], terms: .unknown)]
        }
        return found
    }

    /// What alternatives of data ask of a model that was trained on it.
    func results(of alternatives: [LicenceAlternative]) -> [LicenceAlternative] {
        alternatives.map { alternative in
            let free = alternative.licences.compactMap { LicenceCatalogue.results[$0] }
            guard !free.isEmpty else { return alternative }
            let others = alternative.licences.filter { LicenceCatalogue.results[$0] == nil }
            // A licence with an exception is one name, whose terms are joined in already.
            guard others.allSatisfy({ !$0.contains(" WITH ") }) else { return alternative }
            return LicenceAlternative(
                licences: alternative.licences,
                terms: (free + others.map { terms(of: $0) }).reduce(.none) { $0.joined($1) })
        }
    }

    /// What a licence asks; unknown for one that neither catalogue nor mapping holds.
    public func terms(of id: String) -> LicenceTerms {
        LicenceCatalogue.terms(of: id) ?? mapped[id] ?? .unknown
    }

    private func alternative(_ id: String) -> LicenceAlternative {
        LicenceAlternative(licences: [id], terms: terms(of: id))
    }

    /// A licence with an exception. A known exception only permits; one that is not known may ask
    /// anything.
    private func alternative(_ id: String, with addition: String) -> LicenceAlternative {
        let name = LicenceAlternative.name(id, with: addition)
        if let terms = LicenceCatalogue.terms(of: name) {
            return LicenceAlternative(licences: [name], terms: terms)
        }
        var terms = terms(of: id)
        if case .only(let allowed) = terms.derived {
            terms.derived = .only(allowed.union([name]))
        }
        if LicenceAdditions.spelling(of: addition) == nil { terms.bits.insert(.unknown) }
        return LicenceAlternative(licences: [name], terms: terms)
    }

    /// The licence itself and, behind a `+`, the later versions that the catalogue lists.
    private static func versions(of id: String, orLater: Bool) -> [String] {
        if let modern = LicenceCatalogue.modernName(of: id, orLater: orLater) { return [modern] }
        return orLater ? [id] + LicenceCatalogue.laterVersions(of: id) : [id]
    }
}
