/// How far a share-alike licence reaches.
///
/// A layer made from another changes the work itself, so every reach but `none` binds it; the
/// reach matters only for what stands beside the work.
public enum CopyleftReach: String, Sendable {
    /// No share-alike.
    case none
    /// The files that hold the work.
    case file
    /// The work and what is linked into it.
    case library
    /// Everything made from it.
    case strong
    /// Everything made from it, also where it is only used over a network.
    case network
}

/// Share-alike licences that judge the conditions of other licences alike.
public enum LicenceFamily: Sendable {
    /// GNU licences to version 2: no conditions beyond their own.
    case gnu2
    /// GNU licences of version 3: those that section 7 lists, and patent clauses.
    case gnu3
    /// European Union Public Licence.
    case european
    /// Eclipse Public License.
    case eclipse
    /// Mozilla Public License 1.1.
    case mozilla1
    /// Mozilla Public License 2.0.
    case mozilla2
    /// Licences of content and data, which speak of credit and say nothing about patents.
    case content
    /// All others, whose texts do not settle it.
    case other
}

/// What a licence without share-alike asks beyond its notice, where share-alike licences may not
/// take it in.
public enum LicenceCondition: Sendable {
    /// Advertisements or documents must carry a sentence (BSD-4-Clause, Apache-1.1).
    case advertising
    /// The law of one place governs (Python-2.0).
    case choiceOfLaw
    /// The patent licence ends for those who sue (Apache-2.0, section 3).
    case patentTermination
    /// A sentence must stand where other such sentences stand (XFree86-1.1).
    case acknowledgement
    /// A credit or a name must be kept in a way that the GNU project takes as compatible.
    case credit
    /// Marks, names or credits whose standing beside share-alike is not settled.
    case markings

    /// Whether a work under this condition may become part of one under a licence of `family`.
    func standing(in family: LicenceFamily) -> LicenceCompatibility.Verdict {
        switch (self, family) {
        case (.advertising, .gnu2), (.advertising, .gnu3), (.advertising, .european): .no
        case (.choiceOfLaw, .gnu2), (.choiceOfLaw, .gnu3), (.choiceOfLaw, .european): .no
        case (.patentTermination, .gnu2), (.patentTermination, .mozilla1): .no
        case (.patentTermination, .gnu3), (.patentTermination, .eclipse),
            (.patentTermination, .mozilla2), (.patentTermination, .content):
            .yes
        case (.acknowledgement, .gnu2), (.acknowledgement, .european): .no
        case (.acknowledgement, .gnu3): .yes
        case (.credit, .gnu2), (.credit, .gnu3), (.credit, .content): .yes
        case (.markings, .content): .yes
        default: .undecided
        }
    }
}
