extension LicenceCatalogue {
    /// Licences of texts, pictures, data, fonts and documents.
    static let content: [Entry] = creative + restrictedContent + data

    /// Creative Commons: BY-SA §4 (b), in 4.0 §3 (b) (1), lets a later version in from 2.0 on;
    /// BY-SA 4.0 also GPL-3.0 (list of compatible licences, October 2015). The GNU project takes
    /// BY 4.0 as compatible with its licences; of the versions before it nothing is said.
    private static let creative: [Entry] = [
        .free("CC0-1.0", "public domain"), .free("CC-PDDC", "public domain"),
        .notice("CC-BY-2.0", "name the author", [.markings]),
        .notice("CC-BY-2.5", "name the author", [.markings]),
        .notice("CC-BY-3.0", "name the author", [.markings]),
        .notice("CC-BY-4.0", "name the author", [.credit]),
        .shareAlike(
            "CC-BY-SA-2.0", .strong, .content, "name the author; derived works under the same",
            upgrades: ["CC-BY-SA-2.5", "CC-BY-SA-3.0", "CC-BY-SA-4.0"]),
        .shareAlike(
            "CC-BY-SA-2.5", .strong, .content, "name the author; derived works under the same",
            upgrades: ["CC-BY-SA-3.0", "CC-BY-SA-4.0"]),
        .shareAlike(
            "CC-BY-SA-3.0", .strong, .content,
            "name the author; derived works under the same licence", upgrades: ["CC-BY-SA-4.0"]),
        .shareAlike(
            "CC-BY-SA-4.0", .strong, .content,
            "name the author; derived works under the same licence", upgrades: ["GPL-3.0-only"]),
    ]

    private static let restrictedContent: [Entry] =
        ["2.0", "2.5", "3.0", "4.0"].flatMap { version in
            // 2.0 to 3.0 §3 grant no right to make adaptations; 4.0 §2 (a) (1) grants one to make
            // and not to share them.
            let unchanged: Set<LicenceBit> =
                version == "4.0" ? [.noDerivatives] : [.noDerivatives, .noChanges]
            return [
                Entry.restricted(
                    "CC-BY-NC-\(version)", "name the author; no commercial use",
                    [.nonCommercial, .attribution, .licenceCopy]),
                .restricted(
                    "CC-BY-ND-\(version)", "name the author; no derived works",
                    unchanged.union([.attribution, .licenceCopy])),
                .restricted(
                    "CC-BY-NC-ND-\(version)",
                    "name the author; no commercial use, no derived works",
                    unchanged.union([.nonCommercial, .attribution, .licenceCopy])),
                .shareAlike(
                    "CC-BY-NC-SA-\(version)", .strong, .content,
                    "no commercial use; derived works under the same licence",
                    bits: [.nonCommercial],
                    upgrades: Set(
                        ["2.5", "3.0", "4.0"].filter { $0 > version }
                            .map { "CC-BY-NC-SA-\($0)" })),
            ]
        }

    /// C-UDA-1.0 §2.1 and 3.1: use by computers only. ODbL-1.0 §4.4. CDLA-Sharing-1.0 §3.1 (a)
    /// and 3.3. OFL-1.1 §5. What a computer makes of the data is told in `results`.
    private static let data: [Entry] = [
        .free("PDDL-1.0", "public domain"),
        .notice("ODC-By-1.0", "name the source of the data", [.credit]),
        .notice("O-UDA-1.0", "data: any use; keep the notice"),
        .notice("CDLA-Permissive-1.0", "data: any use; keep the notice"),
        .notice("CDLA-Permissive-2.0", "data: any use; keep the text"),
        .notice("etalab-2.0", "name the source and its date", [.credit]),
        .notice("DL-DE-BY-2.0", "name the source", [.credit]),
        .notice("OGL-UK-3.0", "name the source", [.credit]),
        .restricted(
            "C-UDA-1.0", "data: computational use only", [.attribution, .licenceCopy],
            policies: ["computational use of data only (C-UDA-1.0)"]),
        .shareAlike(
            "ODbL-1.0", .strong, .content,
            "name the source; derived databases under the same licence"),
        .shareAlike(
            "CDLA-Sharing-1.0", .strong, .content, "data: enhanced data under the same licence"),
        .shareAlike(
            "GFDL-1.3-only", .strong, .other, "documents under the same licence"),
        .shareAlike(
            "GFDL-1.3-or-later", .strong, .other, "documents under the same or a later licence",
            upgrades: ["GFDL-1.3-only"]),
        .shareAlike("OFL-1.1", .file, .content, "fonts: any use but selling them alone"),
        .restricted(
            "PolyForm-Noncommercial-1.0.0", "no commercial use",
            [.nonCommercial, .attribution, .licenceCopy]),
    ]

    /// What data licences ask of a model that was trained on the data, where that is less than they
    /// ask of the data: O-UDA-1.0 and C-UDA-1.0 §2.2 and 5.5 and CDLA-Sharing-1.0 §3.5 ask nothing
    /// of results. ODbL-1.0 §4.5 (b) leaves a work produced from the database out of its
    /// share-alike, and §4.3 asks for a notice that names the database.
    static let results: [String: LicenceTerms] = [
        "O-UDA-1.0": .none, "C-UDA-1.0": .none, "CDLA-Sharing-1.0": .none,
        "ODbL-1.0": LicenceTerms(bits: [.attribution]),
    ]
}
