/// The licences that a work made from another may bear: what share-alike leaves open.
///
/// A licence without share-alike leaves all open but those share-alike licences that do not take
/// its conditions in. Two demands together leave open what both do; two share-alike families
/// leave nothing, which is why their works cannot be merged.
public enum DerivedLicences: Hashable, Sendable {
    /// Any licence but these.
    case anyBut(Set<String>)
    /// One of these and no other.
    case only(Set<String>)

    /// Any licence at all.
    public static let any = DerivedLicences.anyBut([])

    /// What both leave open.
    public func intersection(_ other: DerivedLicences) -> DerivedLicences {
        switch (self, other) {
        case (.anyBut(let left), .anyBut(let right)): .anyBut(left.union(right))
        case (.anyBut, .only(let right)): .only(right.filter { contains($0) })
        case (.only(let left), .anyBut): .only(left.filter { other.contains($0) })
        case (.only(let left), .only(let right)): .only(left.intersection(right))
        }
    }

    /// Whether a derived work may bear this licence; one with an exception counts as the licence
    /// itself where that is refused, because an exception takes nothing in.
    public func contains(_ id: String) -> Bool {
        switch self {
        case .anyBut(let refused):
            !refused.contains(id) && !refused.contains(LicenceAlternative.withoutAddition(id))
        case .only(let allowed): allowed.contains(id)
        }
    }

    /// Whether everything that this leaves open `other` leaves open too.
    public func isSubset(of other: DerivedLicences) -> Bool {
        switch (self, other) {
        case (.anyBut(let left), .anyBut(let right)): right.isSubset(of: left)
        case (.anyBut, .only): false
        case (.only(let left), .anyBut): left.allSatisfy { other.contains($0) }
        case (.only(let left), .only(let right)): left.isSubset(of: right)
        }
    }

    /// Whether this asks share-alike.
    public var isShareAlike: Bool {
        if case .only = self { true } else { false }
    }
}
