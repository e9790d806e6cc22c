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

    /// Every licence with an explanation.
    public static let entries: [Entry] = permissive + shareAlikeSoftware + content + model

    private static let byId = Dictionary(
        entries.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })

    /// What each licence asks, with what derived works may bear.
    private static let termsById: [String: LicenceTerms] = {
        let shareAlike = entries.filter { $0.reach != .none }
        return byId.mapValues { entry in
            var terms = entry.ownTerms
            terms.derived = entry.derived(among: shareAlike)
            return terms
        }
    }()

    /// What a licence asks, by its name in canonical spelling; nil for one that is not here.
    public static func terms(of id: String) -> LicenceTerms? { termsById[id] }

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
        "deepfloyd-if-license": "LicenseRef-DeepFloyd-IF",
        "apple-amlr": "LicenseRef-Apple-AMLR", "intel-research": "LicenseRef-Intel-Research",
        "fair-noncommercial-research-license": "LicenseRef-FAIR-Noncommercial-Research",
        "gpl-2.0": "GPL-2.0-only", "gpl-3.0": "GPL-3.0-only", "gpl": "LicenseRef-GPL",
        "lgpl-2.1": "LGPL-2.1-only", "lgpl-3.0": "LGPL-3.0-only", "lgpl": "LicenseRef-LGPL",
        "agpl-3.0": "AGPL-3.0-only", "bsd": "LicenseRef-BSD", "cc": "LicenseRef-CC",
        "odc-by": "ODC-By-1.0", "odbl": "ODbL-1.0", "pddl": "PDDL-1.0", "c-uda": "C-UDA-1.0",
        "lgpl-lr": "LGPLLR",
        "cdla-permissive-1.0": "CDLA-Permissive-1.0", "gfdl": "GFDL-1.3-or-later",
    ]

    /// Names that cards on Hugging Face give to a licence of their own (`license_name`). Only
    /// licences that restrict: a name alone must not make terms milder than they may be.
    private static let ownNames: [String: String] = [
        "mrl": "LicenseRef-Mistral-Research", "mnpl": "LicenseRef-Mistral-Non-Production",
        "qwen": "LicenseRef-Qwen", "tongyi-qianwen": "LicenseRef-Tongyi-Qianwen",
        "qwen-research": "LicenseRef-Qwen-Research",
        "tongyi-qianwen-research": "LicenseRef-Tongyi-Qianwen-Research",
        "deepseek": "LicenseRef-DeepSeek", "deepseek-license": "LicenseRef-DeepSeek",
        "falcon-llm-license": "LicenseRef-Falcon-LLM", "falcon-180b": "LicenseRef-Falcon-180B",
        "stabilityai-ai-community": "LicenseRef-Stability-Community",
        "stabilityai-nc-research-community": "LicenseRef-Stability-Non-Commercial",
        "sai-nc-community": "LicenseRef-Stability-Non-Commercial",
        "nvidia-open-model-license": "LicenseRef-NVIDIA-Open-Model",
        "jamba-open-model-license": "LicenseRef-Jamba-Open-Model", "grok-2": "LicenseRef-Grok-2",
        "fair-noncommercial-research": "LicenseRef-FAIR-Noncommercial-Research",
        "fair-noncommercial-research-license": "LicenseRef-FAIR-Noncommercial-Research",
        "apple-amlr": "LicenseRef-Apple-AMLR", "msrla": "LicenseRef-Microsoft-Research",
        "microsoft-research": "LicenseRef-Microsoft-Research",
        "microsoft-research-license": "LicenseRef-Microsoft-Research",
        "flux-1-dev-non-commercial-license": "LicenseRef-FLUX-1-dev",
    ]

    /// The expression of the name that a card gives to a licence of its own; nil for one that is
    /// not known here.
    static func expression(ofOwnName name: String) -> LicenceExpression? {
        ownNames[name.lowercased()].map { .licence(id: $0, orLater: false) }
    }

    private static let spellings = Dictionary(
        entries.map { ($0.id.lowercased(), $0.id) }, uniquingKeysWith: { first, _ in first })

    /// The entry of an identifier in canonical spelling; nil for one without explanation.
    public static func entry(of id: String) -> Entry? {
        byId[id]
    }

    /// The identifier in the spelling of the SPDX list, if it is known; as it is otherwise.
    static func spelling(of id: String) -> String {
        spellings[id.lowercased()] ?? LicenceNames.spelling(of: id) ?? id
    }

    /// The exception in the spelling of the SPDX list, if it is known; as it is otherwise.
    static func additionSpelling(of id: String) -> String {
        LicenceAdditions.spelling(of: id) ?? id
    }

    /// The expression of a Hugging Face licence name such as `apache-2.0` or `llama3.1`; nil for
    /// `other` and for what is no expression either.
    public static func expression(ofHuggingFace name: String) -> LicenceExpression? {
        let folded = name.lowercased()
        guard folded != "other" else { return nil }
        return try? LicenceExpression(parsing: huggingFaceNames[folded] ?? name)
    }

    /// The name that SPDX gives to a licence it once wrote otherwise: `GPL-2.0+` is
    /// `GPL-2.0-or-later`; nil for all others.
    static func modernName(of id: String, orLater: Bool) -> String? {
        let stems = ["GPL-", "LGPL-", "AGPL-", "GFDL-"]
        guard stems.contains(where: { id.hasPrefix($0) }), !id.contains("-or-later") else {
            return nil
        }
        let bare = id.hasSuffix("-only") ? String(id.dropLast(5)) : id
        guard bare.last?.isNumber == true else { return nil }
        return bare + (orLater ? "-or-later" : "-only")
    }

    /// The later versions of a licence that the catalogue holds, ascending.
    static func laterVersions(of id: String) -> [String] {
        guard let (stem, version) = versioned(id) else { return [] }
        let later = entries.compactMap { entry in
            versioned(entry.id).flatMap { $0.stem == stem && $0.version > version ? $0 : nil }
        }
        return later.sorted { $0.version < $1.version }.map { "\($0.stem)-\($0.version)" }
    }

    /// `MPL-2.0` is version `2.0` of `MPL`; nil for names of another form. All listed versions
    /// have one digit each before and behind the point, so their text sorts.
    private static func versioned(_ id: String) -> (stem: String, version: String)? {
        guard let dash = id.lastIndex(of: "-") else { return nil }
        let version = id[id.index(after: dash)...]
        let digits = Array(version.utf8)
        guard digits.count == 3, digits[1] == UInt8(ascii: "."),
            [digits[0], digits[2]].allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return (String(id[..<dash]), String(version))
    }

    /// Whether a person must accept the terms before taking the layer in, whichever choice is
    /// made: use policies and bounds, as of Llama, Gemma and the RAIL family.
    public static func needsAcceptance(_ expression: LicenceExpression) -> Bool {
        LicenceBook.catalogue.alternatives(ofStated: expression).allSatisfy {
            $0.terms.bits.contains(.needsAcceptance)
        }
    }

    /// Whether the terms allow commercial use, by the choice that allows most; nil when a part of
    /// them is not known here.
    public static func commercialUse(of expression: LicenceExpression) -> Answer? {
        let answers = LicenceBook.catalogue.alternatives(ofStated: expression).map {
            $0.terms.commercialUse
        }
        if answers.contains(.yes) { return .yes }
        if answers.contains(nil) { return nil }
        return answers.contains(.conditional) ? .conditional : .no
    }

    /// The kind of terms in one word, as the manifest's `licence.type`; nil when a part of them is
    /// not known here, so that any word may stand.
    public static func kind(of expression: LicenceExpression) -> String? {
        let choices = LicenceBook.catalogue.alternatives(ofStated: expression).map(\.terms)
        if choices.contains(where: { !$0.hasRestrictions }) { return "open-source" }
        if choices.contains(where: { $0.bits.contains(.unknown) }) { return nil }
        let isResearch = choices.allSatisfy { $0.bits.contains(.researchOnly) }
        return isResearch ? "research-only" : "custom"
    }
}
