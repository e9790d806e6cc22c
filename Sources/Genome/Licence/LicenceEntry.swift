extension LicenceCatalogue {
    /// One licence: what it asks, and what may be made of works under it.
    public struct Entry: Sendable {
        /// The identifier in the spelling of the SPDX list, with exception where the two are one,
        /// or a `LicenseRef-`.
        public let id: String
        /// What it asks, in one phrase.
        public let words: String
        /// What it asks by yes, no and name; `derived` is filled in by the catalogue.
        let ownTerms: LicenceTerms
        /// How far its share-alike reaches.
        public let reach: CopyleftReach
        /// How it judges the conditions of others, if it asks share-alike.
        let family: LicenceFamily
        /// What it asks beyond its notice that others may not take in.
        let conditions: Set<LicenceCondition>
        /// Share-alike licences that a derived work may bear by its own text.
        let upgrades: Set<String>

        private init(
            _ id: String, _ words: String, _ terms: LicenceTerms, reach: CopyleftReach,
            family: LicenceFamily, conditions: Set<LicenceCondition>, upgrades: Set<String>
        ) {
            self.id = id
            self.words = words
            ownTerms = terms
            self.reach = reach
            self.family = family
            self.conditions = conditions
            self.upgrades = upgrades
        }

        /// A licence that asks nothing.
        static func free(_ id: String, _ words: String = "any use, no conditions") -> Entry {
            Entry(
                id, words, .none, reach: .none, family: .other, conditions: [], upgrades: [])
        }

        /// A licence that asks to keep its notice, and perhaps conditions.
        static func notice(
            _ id: String, _ words: String = "any use; keep the notice",
            _ conditions: Set<LicenceCondition> = [], also upgrades: Set<String> = []
        ) -> Entry {
            Entry(
                id, words, LicenceTerms(bits: [.attribution, .licenceCopy]), reach: .none,
                family: .other, conditions: conditions, upgrades: upgrades)
        }

        /// A licence that asks share-alike; `upgrades` are what its text allows besides itself.
        static func shareAlike(
            _ id: String, _ reach: CopyleftReach, _ family: LicenceFamily, _ words: String,
            bits: Set<LicenceBit> = [], upgrades: Set<String> = []
        ) -> Entry {
            Entry(
                id, words,
                LicenceTerms(bits: bits.union([.attribution, .licenceCopy])), reach: reach,
                family: family, conditions: [], upgrades: upgrades)
        }

        /// A licence with restrictions of its own, without share-alike.
        static func restricted(
            _ id: String, _ words: String, _ bits: Set<LicenceBit>, policies: Set<String> = [],
            caps: Set<String> = [], prefixes: Set<String> = []
        ) -> Entry {
            let terms = LicenceTerms(
                bits: bits, useRestrictions: policies, caps: caps, namePrefixes: prefixes)
            return Entry(
                id, words, terms, reach: .none, family: .other, conditions: [.markings],
                upgrades: [])
        }

        /// Whether commercial use is allowed; nil where that is not known.
        public var commercialUse: Answer? { ownTerms.commercialUse }
    }
}
