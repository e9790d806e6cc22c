/// Licences that were written for models. None is on the SPDX list, so each is a `LicenseRef-`.
///
/// A policy is named after the licence it belongs to: two policies with the same words in part
/// are still two, because a child must pass on the one it received. Where each text was read, and
/// which could not be found, stands in `docs/formats/licence-sources.md`.
extension LicenceCatalogue {
    /// Every licence of this kind.
    static let model: [Entry] = llama + rail + openWeights + researchWeights

    private static let llamaDuties: Set<LicenceBit> = [
        .attribution, .licenceCopy, .needsAcceptance,
    ]
    private static let llamaCap = "700 million users a month"
    private static let llamaRegion = "multimodal models outside the European Union only"

    /// Llama 2, 3: §1.b.i copy, §1.b.iii notice, §1.b.iv use policy, §1.b.v no other models, §2
    /// users; from 3 on §1.b.i also the name; from 3.1 on §1.b.v is gone. The use policies of 3.2,
    /// 3.3 and 4 end with: no rights in multimodal models for who is based in the European Union.
    private static let llama: [Entry] = [
        .restricted(
            "LicenseRef-Llama-2", "use policy; 700 million users at most; no other models",
            llamaDuties.union([.noTrainOtherModels]), policies: ["Llama 2 use policy"],
            caps: [llamaCap]),
        .restricted(
            "LicenseRef-Llama-3", "use policy; names begin with Llama-3; no other models",
            llamaDuties.union([.noTrainOtherModels]), policies: ["Llama 3 use policy"],
            caps: [llamaCap], prefixes: ["Llama-3"]),
        .restricted(
            "LicenseRef-Llama-3.1", "use policy; names begin with Llama", llamaDuties,
            policies: ["Llama 3.1 use policy"], caps: [llamaCap], prefixes: ["Llama"]),
        .restricted(
            "LicenseRef-Llama-3.2", "use policy; names begin with Llama", llamaDuties,
            policies: ["Llama 3.2 use policy"], caps: [llamaCap, llamaRegion],
            prefixes: ["Llama"]),
        .restricted(
            "LicenseRef-Llama-3.3", "use policy; names begin with Llama", llamaDuties,
            policies: ["Llama 3.3 use policy"], caps: [llamaCap, llamaRegion],
            prefixes: ["Llama"]),
        .restricted(
            "LicenseRef-Llama-4", "use policy; names begin with Llama", llamaDuties,
            policies: ["Llama 4 use policy"], caps: [llamaCap, llamaRegion],
            prefixes: ["Llama"]),
    ]

    /// OpenRAIL family: paragraph 4 (a) passes attachment A on, 4 (b) a copy, 4 (d) notices; BLOOM
    /// RAIL 1.0 has them in 4.1, 4.2 and 4.4; BigCode in 5.1 (or restrictions that serve the same
    /// purpose), 5.2 (a) and 5.2 (c).
    private static let rail: [Entry] = [
        ("LicenseRef-OpenRAIL", "OpenRAIL"),
        ("LicenseRef-CreativeML-OpenRAIL-M", "CreativeML OpenRAIL-M"),
        ("LicenseRef-OpenRAIL-PP", "OpenRAIL++-M"),
        ("LicenseRef-BigScience-OpenRAIL-M", "BigScience OpenRAIL-M"),
        ("LicenseRef-BigScience-BLOOM-RAIL-1.0", "BLOOM RAIL 1.0"),
        ("LicenseRef-BigCode-OpenRAIL-M", "BigCode OpenRAIL-M"),
    ].map { id, name in
        .restricted(
            id, "use restrictions pass on", [.attribution, .licenceCopy, .needsAcceptance],
            policies: ["\(name) attachment A"])
    }

    private static let duties: Set<LicenceBit> = [.attribution, .licenceCopy, .needsAcceptance]

    /// Weights that may be used commercially under conditions. Gemma §3.1 and 3.2; Tongyi Qianwen
    /// §3, 4 and 5.b (no other models); Qwen, which followed it, §3 and 4; DeepSeek §4, 5 and
    /// attachment A; Falcon §4.1 and 5; Falcon 180B §4.1, 5 and 9 (hosting needs a licence of its
    /// own); Stability Community §III (revenue) and IV (notice, policy, no other foundational
    /// models); NVIDIA Open Model §2.1, 2.3 and 3; Grok 2 §2.b, 3 and 5; Jamba Open Model.
    private static let openWeights: [Entry] = [
        .restricted(
            "LicenseRef-Gemma", "use policy passes on", duties,
            policies: ["Gemma prohibited use policy"]),
        .restricted(
            "LicenseRef-Tongyi-Qianwen", "100 million users at most; no other models",
            duties.union([.noTrainOtherModels]), policies: ["Tongyi Qianwen rules of use"],
            caps: ["100 million users a month"]),
        .restricted(
            "LicenseRef-Qwen", "100 million users at most", duties,
            caps: ["100 million users a month"]),
        .restricted(
            "LicenseRef-DeepSeek", "use restrictions pass on", duties,
            policies: ["DeepSeek attachment A"]),
        .restricted(
            "LicenseRef-Falcon-LLM", "use policy passes on", duties,
            policies: ["Falcon acceptable use policy"]),
        .restricted(
            "LicenseRef-Falcon-180B", "use policy passes on; no hosting for others", duties,
            policies: ["Falcon acceptable use policy"], caps: ["no hosting for others"]),
        .restricted(
            "LicenseRef-Stability-Community",
            "use policy; 1 million dollars a year at most; no other models",
            duties.union([.noTrainOtherModels]), policies: ["Stability AI acceptable use policy"],
            caps: ["1 million dollars a year"]),
        .restricted(
            "LicenseRef-NVIDIA-Open-Model", "ends for who removes its guardrails", duties,
            policies: ["NVIDIA trustworthy AI terms"]),
        .restricted(
            "LicenseRef-Grok-2", "use policy; no other models",
            duties.union([.noTrainOtherModels]), policies: ["xAI acceptable use policy"]),
        .restricted(
            "LicenseRef-Jamba-Open-Model", "use policy; 50 million dollars a year at most", duties,
            policies: ["Jamba acceptable use policy"], caps: ["50 million dollars a year"]),
    ]

    private static let research = duties.union([.nonCommercial, .researchOnly])

    /// Weights for research or non-commercial use. Mistral MRL §2.2 and 3.2, which §4.2 and 4.3
    /// lay on answers and derivatives; MNPL §3.2 (tests, research and personal use, not
    /// production); Cohere adds a policy to CC-BY-NC-4.0; Tongyi Qianwen Research §2 and 4.b (no
    /// other models); Qwen Research §1.i and 2 (research or evaluation); FAIR §1.b.i (non-
    /// commercial research, answers too), 1.b.ii (under its own terms) and 1.b.iv (use policy);
    /// Apple AMLR, licence scope and distribution; Microsoft Research §1 (c) and 2 (e) (models may
    /// not be distributed); Stability Non-Commercial Research §1.a (research or non-commercial),
    /// 1.b (no hosting) and 1.c; DeepFloyd IF §1.a, 2 and 3; Intel Research §2 (it grants no
    /// changes) and 2.1; FLUX.1 dev §2 to 4 (2.d: no competing models).
    private static let researchWeights: [Entry] = [
        .restricted(
            "LicenseRef-Mistral-Research", "research only", research,
            policies: ["Mistral AI research licence"]),
        .restricted(
            "LicenseRef-Mistral-Non-Production", "research, tests, personal use; not production",
            duties.union([.nonCommercial]), policies: ["Mistral AI non-production licence"]),
        .restricted(
            "LicenseRef-Cohere-CC-BY-NC", "no commercial use; use policy",
            duties.union([.nonCommercial]), policies: ["Cohere acceptable use policy"]),
        .restricted(
            "LicenseRef-Tongyi-Qianwen-Research", "research and evaluation only; no other models",
            research.union([.noTrainOtherModels]), policies: ["Tongyi Qianwen rules of use"]),
        .restricted("LicenseRef-Qwen-Research", "research and evaluation only", research),
        .restricted(
            "LicenseRef-FAIR-Noncommercial-Research", "research only; use policy", research,
            policies: ["FAIR acceptable use policy"]),
        .restricted("LicenseRef-Apple-AMLR", "research only", research),
        .restricted(
            "LicenseRef-Microsoft-Research", "research only; not passed on",
            research.union([.noRedistribute])),
        .restricted(
            "LicenseRef-Stability-Non-Commercial", "no commercial use, no hosting; use policy",
            duties.union([.nonCommercial]), policies: ["Stability AI acceptable use policy"],
            caps: ["no hosting for others"]),
        .restricted(
            "LicenseRef-DeepFloyd-IF", "research only; use restrictions", research,
            policies: ["DeepFloyd IF restrictions"]),
        .restricted(
            "LicenseRef-Intel-Research", "research only; no derived works",
            research.union([.noDerivatives]), policies: ["Intel research use licence"]),
        .restricted(
            "LicenseRef-FLUX-1-dev", "no commercial use; use restrictions",
            duties.union([.nonCommercial, .noTrainOtherModels]),
            policies: ["FLUX.1 dev use restrictions"]),
        .restricted(
            "LicenseRef-Unknown", "terms not known: private use only",
            [.unknown, .nonCommercial]),
    ]
}
