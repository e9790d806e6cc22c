/// Whether a work under one licence may become part of a work under another.
public enum LicenceCompatibility {
    /// The answer.
    public enum Verdict: String, Comparable, Sendable {
        /// It may.
        case yes
        /// The texts do not settle it; treated as `no` wherever something is decided.
        case undecided
        /// It may not.
        case no

        private var severity: Int {
            switch self {
            case .yes: 0
            case .undecided: 1
            case .no: 2
            }
        }

        /// Milder than.
        public static func < (left: Verdict, right: Verdict) -> Bool {
            left.severity < right.severity
        }
    }

    /// Whether a work under the licence `inbound` may become part of one that is under `outbound`
    /// as a whole; undecided where one of them is not in the catalogue.
    public static func verdict(inbound: String, outbound: String) -> Verdict {
        guard let inside = LicenceCatalogue.entry(of: inbound),
            let outside = LicenceCatalogue.entry(of: outbound)
        else { return inbound == outbound ? .yes : .undecided }
        return verdict(inbound: inside, outbound: outside)
    }

    /// Share-alike goes into its own licence and the listed ones. Everything else goes where its
    /// restrictions are kept and, if that licence asks share-alike, its conditions are taken in.
    static func verdict(
        inbound: LicenceCatalogue.Entry, outbound: LicenceCatalogue.Entry
    ) -> Verdict {
        if inbound.id == outbound.id || inbound.upgrades.contains(outbound.id) { return .yes }
        guard inbound.reach == .none, inbound.restrictionsStand(in: outbound) else { return .no }
        guard outbound.reach != .none else { return .yes }
        return inbound.conditions.map { $0.standing(in: outbound.family) }.max() ?? .yes
    }
}

extension LicenceTerms {
    /// Whether everything that these forbid is forbidden by `outbound` too, and derived works may
    /// be passed on at all.
    fileprivate func restrictionsStand(in outbound: LicenceTerms) -> Bool {
        bits.isDisjoint(with: [.noDerivatives, .noRedistribute])
            && bits.filter { !$0.isDuty }.isSubset(of: outbound.bits)
            && useRestrictions.isSubset(of: outbound.useRestrictions)
            && caps.isSubset(of: outbound.caps)
    }

    /// These terms of a licence outside the catalogue, with the share-alike licences of the
    /// catalogue that do not take its restrictions in.
    func refusedByShareAlike() -> LicenceTerms {
        let refusing = LicenceCatalogue.entries.filter {
            $0.reach != .none && !restrictionsStand(in: $0.ownTerms)
        }
        return joined(LicenceTerms(derived: .anyBut(Set(refusing.map(\.id)))))
    }
}

extension LicenceCatalogue.Entry {
    fileprivate func restrictionsStand(in outbound: LicenceCatalogue.Entry) -> Bool {
        ownTerms.restrictionsStand(in: outbound.ownTerms)
    }

    /// The licences that works made from one under this may bear.
    func derived(among shareAlike: [LicenceCatalogue.Entry]) -> DerivedLicences {
        if reach != .none { return .only(upgrades.union([id])) }
        let refusing = shareAlike.filter {
            LicenceCompatibility.verdict(inbound: self, outbound: $0) != .yes
        }
        return .anyBut(Set(refusing.map(\.id)))
    }
}
