extension LicenceCatalogue {
    /// Licences of software that ask share-alike, with what their texts let a derived work bear.
    static let shareAlikeSoftware: [Entry] = gnu + lesser + public1 + public2

    private static let affero: Set<String> = ["AGPL-3.0-only", "AGPL-3.0-or-later"]
    private static let general3: Set<String> = ["GPL-3.0-only", "GPL-3.0-or-later"]
    private static let general2: Set<String> = ["GPL-2.0-only", "GPL-2.0-or-later"]
    private static let lesser3: Set<String> = ["LGPL-3.0-only", "LGPL-3.0-or-later"]
    private static let lesser2: Set<String> = ["LGPL-2.1-only", "LGPL-2.1-or-later"]

    /// `-or-later` lets later versions in and nothing out of `-only`. GPL-3.0 §13: a work may be
    /// combined with one under version 3 of the Affero licence, and the whole is under that one.
    private static let gnu: [Entry] = [
        .shareAlike(
            "GPL-1.0-only", .strong, .gnu2, "derived works stay under the same licence"),
        .shareAlike(
            "GPL-1.0-or-later", .strong, .gnu2, "derived works under the same or a later licence",
            upgrades: general2.union(general3).union(affero).union(["GPL-1.0-only"])),
        .shareAlike(
            "GPL-2.0-only", .strong, .gnu2,
            "derived works stay under the same licence, with source"),
        .shareAlike(
            "GPL-2.0-only WITH Classpath-exception-2.0", .library, .gnu2,
            "changes stay under the same licence, with source", upgrades: ["GPL-2.0-only"]),
        .shareAlike(
            "GPL-2.0-or-later", .strong, .gnu2, "derived works under the same or a later licence",
            upgrades: general3.union(affero).union(["GPL-2.0-only"])),
        .shareAlike(
            "GPL-3.0-only", .strong, .gnu3,
            "derived works stay under the same licence, with source", upgrades: ["AGPL-3.0-only"]),
        .shareAlike(
            "GPL-3.0-or-later", .strong, .gnu3, "derived works under the same or a later licence",
            upgrades: affero.union(["GPL-3.0-only"])),
        .shareAlike(
            "AGPL-3.0-only", .network, .gnu3, "as GPL-3.0, also for use over a network"),
        .shareAlike(
            "AGPL-3.0-or-later", .network, .gnu3,
            "as GPL-3.0 or later, also for use over a network", upgrades: ["AGPL-3.0-only"]),
    ]

    /// LGPL-2.0 and 2.1 §3: GPL version 2, or a later one that was published. LGPL-3.0 §2 (b):
    /// GPL version 3.
    private static let lesser: [Entry] = [
        .shareAlike(
            "LGPL-2.0-only", .library, .gnu2, "changes stay under the same licence",
            upgrades: general2.union(general3).union(affero)),
        .shareAlike(
            "LGPL-2.0-or-later", .library, .gnu2, "changes under the same or a later licence",
            upgrades: general2.union(general3).union(affero).union(lesser2).union(lesser3)
                .union(["LGPL-2.0-only"])),
        .shareAlike(
            "LGPL-2.1-only", .library, .gnu2, "changes stay under the same licence",
            upgrades: general2.union(general3).union(affero)),
        .shareAlike(
            "LGPL-2.1-or-later", .library, .gnu2,
            "changes stay under the same or a later licence",
            upgrades: general2.union(general3).union(affero).union(lesser3)
                .union(["LGPL-2.1-only"])),
        .shareAlike(
            "LGPL-3.0-only", .library, .gnu3, "changes stay under the same licence",
            upgrades: ["GPL-3.0-only", "AGPL-3.0-only"]),
        .shareAlike(
            "LGPL-3.0-or-later", .library, .gnu3,
            "changes stay under the same or a later licence",
            upgrades: general3.union(affero).union(["LGPL-3.0-only"])),
        .shareAlike("LGPLLR", .library, .gnu2, "changes stay under the same licence"),
    ]

    /// IPL-1.0 §7, CPL-1.0 §7 and EPL-1.0 §7: a later version by the licence's steward, who passed
    /// it from IBM (IPL, CPL) to the Eclipse Foundation (EPL). EPL-2.0 goes into GNU licences only
    /// where its exhibit A says so, which an expression does not show. MPL-1.1 §6.2 and CDDL §4.2:
    /// a later version. MPL-2.0 §1.12 and 3.3: secondary licences, or later versions of them.
    private static let public1: [Entry] = [
        .shareAlike(
            "IPL-1.0", .file, .other, "changes stay under the same licence",
            upgrades: ["CPL-1.0", "EPL-1.0", "EPL-2.0"]),
        .shareAlike(
            "CPL-1.0", .file, .other, "changes stay under the same licence",
            upgrades: ["EPL-1.0", "EPL-2.0"]),
        .shareAlike(
            "EPL-1.0", .file, .eclipse, "changes stay under the same licence",
            upgrades: ["EPL-2.0"]),
        .shareAlike("EPL-2.0", .file, .eclipse, "changes stay under the same licence"),
        .shareAlike(
            "MPL-1.1", .file, .mozilla1, "changed files stay under the same licence",
            upgrades: ["MPL-2.0"]),
        .shareAlike(
            "MPL-2.0", .file, .mozilla2, "changed files stay under the same licence",
            upgrades: general2.union(general3).union(affero).union(lesser2).union(lesser3)),
        .shareAlike(
            "MPL-2.0-no-copyleft-exception", .file, .mozilla2,
            "changed files stay under the same licence"),
        .shareAlike(
            "CDDL-1.0", .file, .other, "changed files stay under the same licence",
            upgrades: ["CDDL-1.1"]),
        .shareAlike("CDDL-1.1", .file, .other, "changed files stay under the same licence"),
    ]

    /// EUPL-1.1 and 1.2 §5 with their appendices, of which CC-BY-SA-3.0 (1.2, for works that are
    /// not software) is left out. CECILL-2.1 §5.3.4.
    private static let public2: [Entry] = [
        .shareAlike(
            "EUPL-1.1", .strong, .european, "derived works under the same or a listed licence",
            upgrades: general2.union(["EUPL-1.2", "OSL-3.0", "CPL-1.0", "EPL-1.0"])),
        .shareAlike(
            "EUPL-1.2", .network, .european, "derived works under the same or a listed licence",
            upgrades: general2.union(general3).union(affero).union(lesser2).union(lesser3)
                .union(["EUPL-1.1", "OSL-3.0", "EPL-1.0", "MPL-2.0", "CECILL-2.1"])),
        .shareAlike(
            "CECILL-2.1", .strong, .other, "derived works under the same or a listed licence",
            upgrades: general2.union(general3).union(affero).union(["EUPL-1.1", "EUPL-1.2"])),
        .shareAlike("CECILL-C", .library, .other, "changes stay under the same licence"),
        .shareAlike("OSL-3.0", .network, .other, "derived works stay under the same licence"),
        .shareAlike("MS-PL", .file, .other, "source stays under the same licence"),
        .shareAlike("MS-RL", .file, .other, "changed files stay under the same licence"),
        .shareAlike("Sleepycat", .strong, .other, "works that use it come with source"),
        // Its last sentence forbids to put it under another licence.
        .shareAlike(
            "OpenSSL", .strong, .other, "stays under the same licence; credit in documents"),
    ]
}
