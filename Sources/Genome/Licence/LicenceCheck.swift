import Wire

/// The rules, applied to one layer and its ancestors.
struct LicenceCheck {
    /// Most combinations of choices that one check looks at. Sixteen choices in each of sixteen
    /// ancestors stay below it; a real family tree has a handful in all.
    static let combinationsMax = 16_384

    /// Most sources whose terms are tried as a remedy.
    private static let remediesMax = 8

    private let child: LicenceChild
    private let sources: [LicenceWalk.Found]
    private let book: LicenceBook
    /// Ways to satisfy all ancestors at once, those that ask least.
    private let inherited: [LicenceTerms]
    /// Ways to satisfy the layer's own terms.
    private let own: [LicenceAlternative]

    /// A check; refused where the ancestors leave too many choices.
    init(
        _ child: LicenceChild, _ sources: [LicenceWalk.Found], _ book: LicenceBook
    ) throws(LicenceRefusal) {
        self.child = child
        self.sources = sources
        self.book = book
        own = child.declared.map { book.alternatives(ofStated: $0) } ?? []
        var terms = [LicenceTerms.none]
        var combinations = 0
        for source in sources {
            let choices = LicenceAlternative.mildest(of: source.alternatives.map(\.terms))
            combinations += terms.count * choices.count
            terms = LicenceAlternative.mildest(
                of: terms.flatMap { left in choices.map { left.joined($0) } })
            guard terms.count <= LicenceBook.alternativesMax,
                combinations <= Self.combinationsMax
            else {
                throw LicenceRefusal(
                    rule: .tooLarge, subject: "choices", path: Array(source.path.suffix(2)),
                    reason: "the parents' terms leave more than \(LicenceBook.alternativesMax) "
                        + "ways to satisfy them",
                    remedy: "keep it private: --visibility private")
            }
        }
        inherited = terms
    }

    /// The ways to satisfy the layer's own terms and its ancestors' together.
    var effective: [LicenceTerms] {
        let stated = own.isEmpty ? [LicenceTerms.unknown] : own.map(\.terms)
        return LicenceAlternative.mildest(
            of: stated.flatMap { left in inherited.map { left.joined($0) } })
    }

    /// The first rule that is broken, with its path and a remedy that was tried.
    func refusal() -> LicenceRefusal? {
        guard let problem = problem(own, declared: child.declared) else { return nil }
        return LicenceRefusal(
            rule: problem.rule, subject: problem.subject, path: problem.source?.path ?? [],
            reason: problem.reason, remedy: remedy(problem))
    }

    private struct Problem {
        let rule: LicenceRule
        let subject: String
        let source: LicenceWalk.Found?
        let reason: String
    }

    /// Every way to satisfy the layer's own terms must do for some way to satisfy the ancestors'.
    private func problem(
        _ own: [LicenceAlternative], declared: LicenceExpression?
    ) -> Problem? {
        guard !sources.isEmpty else { return nil }
        var usable = inherited
        if child.visibility != .private {
            if let problem = binding() ?? visibility() { return problem }
            usable.removeAll { !$0.bits.isDisjoint(with: Self.binding) }
            if let problem = namePrefix(&usable) { return problem }
            if declared == nil {
                return Problem(
                    rule: .unstated, subject: "terms", source: nil,
                    reason: "a layer that leaves this node states its terms")
            }
        }
        if let problem = foreignData() { return problem }
        for alternative in own {
            let problems = usable.map { problem(alternative, $0) }
            if problems.contains(where: { $0 == nil }) { continue }
            return problems.compactMap { $0 }.first
        }
        return nil
    }

    private static let binding: Set<LicenceBit> = [.noDerivatives, .noRedistribute, .unknown]

    /// What keeps every child on this node, whatever terms it states: bound by every choice.
    private func binding() -> Problem? {
        guard inherited.allSatisfy({ !$0.bits.isDisjoint(with: Self.binding) }) else { return nil }
        let rules: [(LicenceBit, LicenceRule, String)] = [
            (.noDerivatives, .noDerivatives, "nothing made from it may leave this node"),
            (.noRedistribute, .noRedistribute, "nothing that holds it may leave this node"),
            (.unknown, .unknownTerms, "its terms are not known here, so it counts as forbidden"),
        ]
        for (bit, rule, reason) in rules {
            guard let source = carrier({ $0.bits.contains(bit) }) else { continue }
            return Problem(rule: rule, subject: bit.rawValue, source: source, reason: reason)
        }
        return nil
    }

    private func visibility() -> Problem? {
        let narrowest = sources.map(\.source.widestChild).min() ?? .public
        guard narrowest < child.visibility,
            let narrow = sources.first(where: { $0.source.widestChild == narrowest })
        else { return nil }
        return Problem(
            rule: .visibility, subject: "\(narrowest.rawValue) visibility", source: narrow,
            reason: "a layer made from it may not be \(child.visibility.rawValue)")
    }

    /// Leaves in `usable` the choices whose prefixes the name has; a problem if none is left.
    private func namePrefix(_ usable: inout [LicenceTerms]) -> Problem? {
        let fitting = usable.filter { terms in
            terms.namePrefixes.allSatisfy { Self.begins(child.name, with: $0) }
        }
        defer { usable = fitting }
        let lacking = usable.first?.namePrefixes.filter { !Self.begins(child.name, with: $0) }
        guard fitting.isEmpty, let prefix = lacking?.max(by: { $0.count < $1.count }) else {
            return nil
        }
        return Problem(
            rule: .namePrefix, subject: "name prefix \(prefix)",
            source: carrier { $0.namePrefixes.contains(prefix) },
            reason: "the name \(child.name) does not begin with \(prefix)")
    }

    /// `Llama-3`, `llama 3` and `Llama_3` are one prefix.
    private static func begins(_ name: String, with prefix: String) -> Bool {
        func folded(_ text: String) -> [UInt8] {
            text.lowercased().utf8.map { $0 == 0x20 || $0 == 0x5f ? 0x2d : $0 }
        }
        return folded(name).starts(with: folded(prefix))
    }

    /// Data whose licence lets it improve only its own family needs a base of that family.
    private func foreignData() -> Problem? {
        let bases = sources.filter { !$0.isData }
        let families = bases.flatMap { $0.alternatives }.reduce(into: Set<String>()) {
            $0.formUnion($1.terms.useRestrictions)
        }
        let foreign = sources.first { source in
            source.isData
                && source.always {
                    $0.bits.contains(.noTrainOtherModels)
                        && $0.useRestrictions.isDisjoint(with: families)
                }
        }
        guard let foreign, child.visibility != .private else { return nil }
        return Problem(
            rule: .otherModels, subject: LicenceBit.noTrainOtherModels.rawValue, source: foreign,
            reason: "it may improve only models of its own family")
    }

    /// What of one way to satisfy the ancestors this way to satisfy the layer's terms leaves out.
    private func problem(_ own: LicenceAlternative, _ terms: LicenceTerms) -> Problem? {
        let licence = own.licences.joined(separator: " AND ")
        func weaker(_ subject: String, _ test: (LicenceTerms) -> Bool) -> Problem {
            Problem(
                rule: .weakerTerms, subject: subject, source: carrier(test),
                reason: "a layer under \(licence) would leave that out")
        }
        let bits = terms.bits.subtracting(own.terms.bits).filter { !$0.isDuty && $0 != .unknown }
        if let bit = bits.min() { return weaker(bit.rawValue) { $0.bits.contains(bit) } }
        if let policy = terms.useRestrictions.subtracting(own.terms.useRestrictions).min() {
            return weaker("useRestrictions (\(policy))") { $0.useRestrictions.contains(policy) }
        }
        if let cap = terms.caps.subtracting(own.terms.caps).min() {
            return weaker("cap (\(cap))") { $0.caps.contains(cap) }
        }
        return shareAlike(own, terms, licence)
    }

    /// Some licence of the layer's must be one that derived works may bear by all terms at once.
    private func shareAlike(
        _ own: LicenceAlternative, _ terms: LicenceTerms, _ licence: String
    ) -> Problem? {
        let open = terms.derived.intersection(own.terms.derived)
        guard !own.licences.contains(where: { open.contains($0) }) else { return nil }
        if case .only(let left) = terms.derived, left.isEmpty { return families() }
        let isLost = !own.licences.contains { terms.derived.contains($0) }
        let source = carrier { source in
            !own.licences.contains {
                source.derived.contains($0) && own.terms.derived.contains($0)
            }
        }
        if isLost, terms.derived.isShareAlike, source?.perhaps({ $0.derived.isShareAlike }) ?? false
        {
            return Problem(
                rule: .shareAlike, subject: "shareAlike (\(name(source)))", source: source,
                reason: "a layer under \(licence) is not under that licence or a listed upgrade")
        }
        return Problem(
            rule: .incompatible, subject: "conditions (\(name(source)))", source: source,
            reason: "\(licence) does not take them in, or its text does not settle it")
    }

    /// The first ancestor that leaves nothing open together with those before it.
    private func families() -> Problem {
        var remaining: Set<DerivedLicences> = [.any]
        var first: LicenceWalk.Found?
        for source in sources {
            let choices = source.alternatives.map(\.terms).filter { terms in
                child.visibility == .private || terms.bits.isDisjoint(with: Self.binding)
            }.map(\.derived)
            let next = Set(remaining.flatMap { left in choices.map { left.intersection($0) } })
            remaining = next.filter { one in
                one != .only([]) && !next.contains { $0 != one && one.isSubset(of: $0) }
            }
            if remaining.isEmpty { return families(source, first) }
            if first == nil, choices.allSatisfy(\.isShareAlike) { first = source }
        }
        return families(first, nil)
    }

    private func families(_ source: LicenceWalk.Found?, _ other: LicenceWalk.Found?) -> Problem {
        let words = other.map { "\(name($0)) of \($0.path.joined(separator: " via "))" }
        return Problem(
            rule: .shareAlikeFamilies, subject: "shareAlike (\(name(source)))", source: source,
            reason: "no licence satisfies it together with \(words ?? "the others")")
    }

    private func name(_ source: LicenceWalk.Found?) -> String {
        guard let source else { return "unknown" }
        return source.source.expression?.description ?? "terms of its own"
    }

    /// The nearest ancestor that asks it in any case, else the nearest that may ask it.
    private func carrier(_ test: (LicenceTerms) -> Bool) -> LicenceWalk.Found? {
        sources.first { $0.always(test) } ?? sources.first { $0.perhaps(test) }
    }

    // MARK: what would make it allowed

    private func remedy(_ problem: Problem) -> String {
        let alone = "keep it private: --visibility private"
        switch problem.rule {
        case .unstated: return "say --licence SPDX"
        case .namePrefix:
            let prefix = problem.subject.dropFirst("name prefix ".count)
            return "name it --name \(prefix)-\(child.name), or \(alone)"
        case .visibility:
            return "narrow it to \(problem.source?.source.widestChild.rawValue ?? "private")"
        case .unknownTerms: return "ask a steward for a signed mapping of its licence, or \(alone)"
        case .shareAlikeFamilies: return "leave one of the two out, or \(alone)"
        case .weakerTerms, .shareAlike, .incompatible:
            if let licence = sufficient(problem) { return "declare --licence '\(licence)'" }
            return child.visibility == .private
                ? "leave the terms unstated or the source out" : "leave it out, or \(alone)"
        default: return "leave it out, or \(alone)"
        }
    }

    /// An expression that would be allowed, found by trying: the source's own terms, then those
    /// of all sources that restrict, each alone and beside the declared ones.
    private func sufficient(_ problem: Problem) -> LicenceExpression? {
        var restricting: [LicenceExpression] = []
        for source in sources
        where source.perhaps({ $0.hasRestrictions || $0.derived.isShareAlike }) {
            guard let expression = source.source.expression, !restricting.contains(expression),
                restricting.count < Self.remediesMax
            else { continue }
            restricting.append(expression)
        }
        var candidates = [problem.source?.source.expression].compactMap { $0 } + restricting
        if let first = restricting.first {
            candidates.append(restricting.dropFirst().reduce(first) { .and($0, $1) })
        }
        if let declared = child.declared {
            candidates += candidates.map { .and(declared, $0) }
        }
        return candidates.first { candidate in
            candidate.description.utf8.count <= LicenceExpression.bytesMax
                && self.problem(book.alternatives(ofStated: candidate), declared: candidate) == nil
        }
    }
}
