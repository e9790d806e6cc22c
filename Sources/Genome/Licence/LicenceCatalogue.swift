/// The licences that models, adapters and datasets carry most, with what they say in plain words.
///
/// Not the whole SPDX list: an identifier that is not here is still a valid expression, only
/// without explanation, and its terms count as unknown.
public enum LicenceCatalogue {
    /// What a licence says about one use.
    public enum Answer: Hashable, Sendable {
        /// It allows it.
        case yes
        /// It forbids it.
        case no
        /// It allows it under conditions of its own.
        case conditional
    }

    /// One licence.
    public struct Entry: Sendable {
        /// The identifier in the spelling of the SPDX list, or a `LicenseRef-`.
        public let id: String
        /// Whether commercial use is allowed.
        public let commercialUse: Answer
        /// What it asks, in plain words.
        public let words: String

        fileprivate init(_ id: String, _ commercialUse: Answer, _ words: String) {
            self.id = id
            self.commercialUse = commercialUse
            self.words = words
        }
    }

    /// Every licence with an explanation.
    public static let entries: [Entry] = [
        Entry("MIT", .yes, "any use; keep the notice"),
        Entry("MIT-0", .yes, "any use, no conditions"),
        Entry("Apache-2.0", .yes, "any use; keep notices, say what changed; patent licence"),
        Entry("BSD-2-Clause", .yes, "any use; keep the notice"),
        Entry("BSD-3-Clause", .yes, "any use; keep the notice, no endorsement"),
        Entry("ISC", .yes, "any use; keep the notice"),
        Entry("Zlib", .yes, "any use; do not claim authorship"),
        Entry("BSL-1.0", .yes, "any use; keep the notice with source"),
        Entry("Unlicense", .yes, "public domain"),
        Entry("CC0-1.0", .yes, "public domain"),
        Entry("WTFPL", .yes, "any use"),
        Entry("PostgreSQL", .yes, "any use; keep the notice"),
        Entry("MPL-2.0", .yes, "changed files stay under the same licence"),
        Entry("LGPL-2.1-only", .yes, "changes stay under the same licence"),
        Entry("LGPL-2.1-or-later", .yes, "changes stay under the same or a later licence"),
        Entry("LGPL-3.0-only", .yes, "changes stay under the same licence"),
        Entry("LGPL-3.0-or-later", .yes, "changes stay under the same or a later licence"),
        Entry("GPL-2.0-only", .yes, "derived works stay under the same licence, with source"),
        Entry("GPL-2.0-or-later", .yes, "derived works under the same or a later licence"),
        Entry("GPL-3.0-only", .yes, "derived works stay under the same licence, with source"),
        Entry("GPL-3.0-or-later", .yes, "derived works under the same or a later licence"),
        Entry("AGPL-3.0-only", .yes, "as GPL-3.0, also for use over a network"),
        Entry("AGPL-3.0-or-later", .yes, "as GPL-3.0 or later, also for use over a network"),
        Entry("EUPL-1.2", .yes, "derived works stay under the same or a listed licence"),
        Entry("Artistic-2.0", .yes, "changed versions must be named as such"),
        Entry("AFL-3.0", .yes, "any use; keep notices"),
        Entry("ECL-2.0", .yes, "as Apache-2.0 with a narrower patent licence"),
        Entry("EPL-2.0", .yes, "changes stay under the same licence"),
        Entry("OSL-3.0", .yes, "derived works stay under the same licence"),
        Entry("MS-PL", .yes, "source stays under the same licence"),
        Entry("NCSA", .yes, "any use; keep the notice"),
        Entry("CC-BY-2.0", .yes, "name the author"),
        Entry("CC-BY-2.5", .yes, "name the author"),
        Entry("CC-BY-3.0", .yes, "name the author"),
        Entry("CC-BY-4.0", .yes, "name the author"),
        Entry("CC-BY-SA-3.0", .yes, "name the author; derived works under the same licence"),
        Entry("CC-BY-SA-4.0", .yes, "name the author; derived works under the same licence"),
        Entry("CC-BY-NC-2.0", .no, "name the author; no commercial use"),
        Entry("CC-BY-NC-3.0", .no, "name the author; no commercial use"),
        Entry("CC-BY-NC-4.0", .no, "name the author; no commercial use"),
        Entry("CC-BY-ND-4.0", .yes, "name the author; no derived works"),
        Entry("CC-BY-NC-ND-3.0", .no, "name the author; no commercial use, no derived works"),
        Entry("CC-BY-NC-ND-4.0", .no, "name the author; no commercial use, no derived works"),
        Entry("CC-BY-NC-SA-2.0", .no, "no commercial use; derived works under the same licence"),
        Entry("CC-BY-NC-SA-3.0", .no, "no commercial use; derived works under the same licence"),
        Entry("CC-BY-NC-SA-4.0", .no, "no commercial use; derived works under the same licence"),
        Entry("PDDL-1.0", .yes, "public domain"),
        Entry("ODC-By-1.0", .yes, "name the source of the data"),
        Entry("ODbL-1.0", .yes, "name the source; derived databases under the same licence"),
        Entry("CDLA-Permissive-1.0", .yes, "data: any use; keep the notice"),
        Entry("CDLA-Permissive-2.0", .yes, "data: any use; keep the text"),
        Entry("CDLA-Sharing-1.0", .yes, "data: enhanced data under the same licence"),
        Entry("C-UDA-1.0", .no, "data: computational use only"),
        Entry("GFDL-1.3-or-later", .yes, "documents under the same or a later licence"),
        Entry("OFL-1.1", .yes, "fonts: any use but selling them alone"),
        Entry("LicenseRef-OpenRAIL", .conditional, "responsible-use restrictions pass on"),
        Entry("LicenseRef-CreativeML-OpenRAIL-M", .conditional, "use restrictions pass on"),
        Entry("LicenseRef-OpenRAIL-PP", .conditional, "use restrictions pass on"),
        Entry("LicenseRef-BigScience-OpenRAIL-M", .conditional, "use restrictions pass on"),
        Entry("LicenseRef-BigScience-BLOOM-RAIL-1.0", .conditional, "use restrictions pass on"),
        Entry("LicenseRef-BigCode-OpenRAIL-M", .conditional, "use restrictions pass on"),
        Entry("LicenseRef-Llama-2", .conditional, "use policy; 700 million users at most"),
        Entry("LicenseRef-Llama-3", .conditional, "use policy; names begin with Llama-3"),
        Entry("LicenseRef-Llama-3.1", .conditional, "use policy; names begin with Llama"),
        Entry("LicenseRef-Llama-3.2", .conditional, "use policy; names begin with Llama"),
        Entry("LicenseRef-Llama-3.3", .conditional, "use policy; names begin with Llama"),
        Entry("LicenseRef-Llama-4", .conditional, "use policy; names begin with Llama"),
        Entry("LicenseRef-Gemma", .conditional, "use policy passes on"),
        Entry("LicenseRef-Unknown", .no, "terms not known: private use only"),
    ]

    /// Hugging Face's own licence names that are not SPDX identifiers in another case.
    private static let huggingFaceNames: [String: String] = [
        "openrail": "LicenseRef-OpenRAIL",
        "openrail++": "LicenseRef-OpenRAIL-PP",
        "creativeml-openrail-m": "LicenseRef-CreativeML-OpenRAIL-M",
        "bigscience-openrail-m": "LicenseRef-BigScience-OpenRAIL-M",
        "bigscience-bloom-rail-1.0": "LicenseRef-BigScience-BLOOM-RAIL-1.0",
        "bigcode-openrail-m": "LicenseRef-BigCode-OpenRAIL-M",
        "llama2": "LicenseRef-Llama-2", "llama3": "LicenseRef-Llama-3",
        "llama3.1": "LicenseRef-Llama-3.1", "llama3.2": "LicenseRef-Llama-3.2",
        "llama3.3": "LicenseRef-Llama-3.3", "llama4": "LicenseRef-Llama-4",
        "gemma": "LicenseRef-Gemma", "unknown": "LicenseRef-Unknown",
        "gpl-2.0": "GPL-2.0-only", "gpl-3.0": "GPL-3.0-only", "gpl": "LicenseRef-GPL",
        "lgpl-2.1": "LGPL-2.1-only", "lgpl-3.0": "LGPL-3.0-only", "lgpl": "LicenseRef-LGPL",
        "agpl-3.0": "AGPL-3.0-only", "bsd": "LicenseRef-BSD", "cc": "LicenseRef-CC",
        "odc-by": "ODC-By-1.0", "odbl": "ODbL-1.0", "pddl": "PDDL-1.0", "c-uda": "C-UDA-1.0",
        "cdla-permissive-1.0": "CDLA-Permissive-1.0", "gfdl": "GFDL-1.3-or-later",
    ]

    private static let spellings = Dictionary(
        entries.map { ($0.id.lowercased(), $0.id) }, uniquingKeysWith: { first, _ in first })

    private static let additions = Dictionary(
        [
            "Classpath-exception-2.0", "GCC-exception-3.1", "LLVM-exception",
            "Linux-syscall-note", "Bison-exception-2.2", "OpenJDK-assembly-exception-1.0",
            "Swift-exception", "Autoconf-exception-3.0", "Font-exception-2.0",
        ].map { ($0.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })

    /// The entry of an identifier in canonical spelling; nil for one without explanation.
    public static func entry(of id: String) -> Entry? {
        entries.first { $0.id == id }
    }

    /// The identifier in the spelling of the SPDX list, if it is known; as it is otherwise.
    static func spelling(of id: String) -> String {
        spellings[id.lowercased()] ?? id
    }

    /// The exception in the spelling of the SPDX list, if it is known; as it is otherwise.
    static func additionSpelling(of id: String) -> String {
        additions[id.lowercased()] ?? id
    }

    /// The expression of a Hugging Face licence name such as `apache-2.0` or `llama3.1`; nil for
    /// `other` and for what is no expression either.
    public static func expression(ofHuggingFace name: String) -> LicenceExpression? {
        let folded = name.lowercased()
        guard folded != "other" else { return nil }
        return try? LicenceExpression(parsing: huggingFaceNames[folded] ?? name)
    }

    /// Whether the terms hold conditions of their own that a person must accept before taking the
    /// layer in: use policies and user limits, as of Llama, Gemma and the RAIL family.
    public static func needsAcceptance(_ expression: LicenceExpression) -> Bool {
        expression.identifiers.contains { entry(of: $0)?.commercialUse == .conditional }
    }

    /// Whether the terms allow commercial use; nil when a part of them is not known here.
    public static func commercialUse(of expression: LicenceExpression) -> Answer? {
        switch expression {
        case .licence(let id, _): return entry(of: id)?.commercialUse
        case .with(let licence, _): return commercialUse(of: licence)
        case .and(let left, let right):
            let answers = [commercialUse(of: left), commercialUse(of: right)]
            if answers.contains(.no) { return .no }
            if answers.contains(nil) { return nil }
            return answers.contains(.conditional) ? .conditional : .yes
        case .or(let left, let right):
            let answers = [commercialUse(of: left), commercialUse(of: right)]
            if answers.contains(.yes) { return .yes }
            if answers.contains(nil) { return nil }
            return answers.contains(.conditional) ? .conditional : .no
        }
    }
}
