/// What a licence, or several together, ask of whoever uses a work: a point of a lattice.
///
/// `joined` is the least upper bound: the terms of a work that is under both. It is commutative,
/// associative and idempotent, and `isAtLeastAsStrict` is the order that belongs to it, so that
/// another parent can only ever add to what a layer asks.
public struct LicenceTerms: Hashable, Sendable {
    /// What is told by yes or no.
    public var bits: Set<LicenceBit>
    /// Policies that say what the work may not be used for, by name.
    public var useRestrictions: Set<String>
    /// Bounds beyond which another licence is needed, such as a number of users.
    public var caps: Set<String>
    /// What names of derived models must begin with.
    public var namePrefixes: Set<String>
    /// The licences that a derived work may bear: share-alike, if only some.
    public var derived: DerivedLicences

    /// Terms of these parts.
    public init(
        bits: Set<LicenceBit> = [], useRestrictions: Set<String> = [], caps: Set<String> = [],
        namePrefixes: Set<String> = [], derived: DerivedLicences = .any
    ) {
        self.bits = bits
        self.useRestrictions = useRestrictions
        self.caps = caps
        self.namePrefixes = namePrefixes
        self.derived = derived
    }

    /// Terms that ask nothing: the bottom of the lattice.
    public static let none = LicenceTerms()

    /// Terms that nobody here knows.
    public static let unknown = LicenceTerms(bits: [.unknown])

    /// The terms of a work that is under both: the least upper bound.
    public func joined(_ other: LicenceTerms) -> LicenceTerms {
        LicenceTerms(
            bits: bits.union(other.bits),
            useRestrictions: useRestrictions.union(other.useRestrictions),
            caps: caps.union(other.caps), namePrefixes: namePrefixes.union(other.namePrefixes),
            derived: derived.intersection(other.derived))
    }

    /// Whether these ask everything that `other` asks.
    public func isAtLeastAsStrict(as other: LicenceTerms) -> Bool {
        other.bits.isSubset(of: bits) && other.useRestrictions.isSubset(of: useRestrictions)
            && other.caps.isSubset(of: caps) && other.namePrefixes.isSubset(of: namePrefixes)
            && derived.isSubset(of: other.derived)
    }

    /// Whether commercial use is allowed; nil where the terms are not known.
    public var commercialUse: LicenceCatalogue.Answer? {
        if !bits.isDisjoint(with: [.nonCommercial, .researchOnly, .noRedistribute]) { return .no }
        if bits.contains(.unknown) { return nil }
        return useRestrictions.isEmpty && caps.isEmpty ? .yes : .conditional
    }

    /// Whether anything but duties is asked: what a child must state in terms of its own.
    public var hasRestrictions: Bool {
        bits.contains { !$0.isDuty } || !useRestrictions.isEmpty || !caps.isEmpty
    }
}
