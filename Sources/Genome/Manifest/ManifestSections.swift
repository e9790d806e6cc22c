/// The members of a manifest that describe how a layer is built and what its type adds.
extension ManifestSchema {
    static let sections: [Schema.Field] = [
        .optional("architecture", .object(architecture), "facts of the model, read from its files"),
        .optional("integration", .object(integration), "how it connects to other layers"),
        .optional(
            "dependencies", .list(.object(dependency), max: 256, distinct: true),
            "layers it needs, fits or fights"),
        .optional("baseModel", .object(baseModel), "foundation: the model"),
        .optional("pretraining", .object(pretraining), "foundation: what it was trained on"),
        .optional("loraConfig", .object(loraConfig), "lora: the adapter's shape"),
        .optional("adaptation", .object(adaptation), "lora: how it was trained"),
        .optional("specialization", .object(specialization), "lora, specialization: its field"),
        .optional("expertise", .object(expertise), "specialization: how far it goes"),
        .optional(
            "memoryType",
            .choice(["episodic", "semantic", "procedural", "working"], open: false),
            "memory: kind of memory"),
        .optional("storage", .object(storage), "memory: how much and how long"),
        .optional("content", .object(content), "memory: what it holds"),
        .optional("style", .object(style), "communication: how it speaks"),
        .optional("contextAwareness", .object(contextAwareness), "communication: what it minds"),
        .optional(
            "decoding", .object(decoding),
            "specialization, communication, assembly: how answers are drawn"),
        .optional("assembly", .object(assembly), "assembly: the layers and how they connect"),
    ]

    /// Which types may hold which of the sections that not every type may hold.
    static let sectionOwners: [(section: String, types: [String])] = [
        ("baseModel", ["foundation"]), ("pretraining", ["foundation"]),
        ("loraConfig", ["lora", "memory", "specialization", "communication"]),
        ("adaptation", ["lora"]),
        ("specialization", ["lora", "specialization"]), ("expertise", ["specialization"]),
        ("memoryType", ["memory"]), ("storage", ["memory"]), ("content", ["memory"]),
        ("style", ["communication"]), ("contextAwareness", ["communication"]),
        ("decoding", ["specialization", "communication", "assembly"]),
        ("assembly", ["assembly"]),
    ]

    private static let architecture: [Schema.Field] = [
        .optional("modelType", .plain(64), "`model_type` of the config"),
        .optional("className", .plain(128), "first of the config's `architectures`"),
        .optional("hiddenSize", .count, "width of the residual stream"),
        .optional("layers", .count, "number of blocks"),
        .optional("heads", .count, "attention heads"),
        .optional("keyValueHeads", .count, "key and value heads"),
        .optional("vocabulary", .count, "rows of the embedding"),
        .optional("contextWindow", .count, "longest sequence"),
        .optional("graph", .digest, "digest of the config's graph keys"),
        .optional("tokenizer", .digest, "digest of the tokenizer"),
        .optional("dataTypes", .list(.plain(16), max: 32, distinct: true), "tensor types"),
    ]

    private static let integration: [Schema.Field] = [
        .required(
            "format", .choice(["peft", "transformers", "plain"], open: true),
            "layout of the files"),
        .optional(
            "method", .choice(["low-rank", "whole-model", "retrieval", "prompt"], open: true),
            "how it takes effect"),
        .optional("attaches", .texts(256, max: 4_096), "modules of the base that it changes"),
        .optional("inputs", .texts(256, max: 64), "what it takes"),
        .optional("outputs", .texts(256, max: 64), "what it gives"),
    ]

    private static let dependency: [Schema.Field] = [
        .optional("layer", .digest, "layer id; else the three that follow"),
        .optional("publisher", .key, "whose layer it is"),
        .optional("name", .text(.name), "the publisher's name for it"),
        .optional("range", .text(.range), "which of its versions"),
        .required(
            "kind", .choice(["requires", "synergizes-with", "conflicts-with"], open: true),
            "relation"),
        .optional(
            "required", .truth, "false: it runs without, or beside what it conflicts with"),
        .optional("strength", .decimal, "0 to 1"),
        .optional("note", .plain(512), "why"),
    ]

    private static let baseModel: [Schema.Field] = [
        .required("family", .plain(64), "`model_type`, or `custom`"),
        .optional("contextWindow", .count, "longest sequence"),
    ]

    private static let pretraining: [Schema.Field] = [
        .optional("dataset", .list(.object(dataset), max: 256, distinct: true), "datasets"),
        .optional("cutoffDate", .text(.date), "last day of the data"),
        .optional(
            "languages", .list(.text(.language), max: 256, distinct: true), "natural languages"),
        .optional("specializations", .texts(128, max: 64), "fields"),
    ]

    private static let loraConfig: [Schema.Field] = [
        .required("rank", .integer(1...65_536), "largest inner dimension"),
        .required("alpha", .decimal, "scaling numerator"),
        .required("targetModules", .texts(256, max: 4_096), "names of the modules it changes"),
        .required("dropoutRate", .decimal, "dropout in training"),
        .optional("rankStabilised", .truth, "scale is alpha over the root of the rank"),
        .optional("weightDecomposed", .truth, "a magnitude vector beside each pair (DoRA)"),
        .optional("modulesToSave", .texts(256, max: 4_096), "modules stored whole"),
    ]

    private static let adaptation: [Schema.Field] = [
        .optional("trainingDataset", .object(dataset), "what it was trained on"),
        .optional("trainingSteps", .count, "optimiser steps"),
        .optional("learningRate", .decimal, "peak learning rate"),
    ]

    private static let levels = Schema.choice(
        ["beginner", "intermediate", "expert", "master"], open: false)

    private static let specialization: [Schema.Field] = [
        .optional("primaryDomain", .plain(128), "lora: main field"),
        .optional("secondaryDomains", .texts(128, max: 64), "lora: related fields"),
        .optional("skillLevel", levels, "lora: the publisher's own estimate"),
        .optional("domain", .plain(128), "specialization: field"),
        .optional("methodology", .texts(256, max: 64), "specialization: approaches"),
        .optional(
            "tools",
            .list(
                .object([
                    .required("name", .plain(128), "the tool"),
                    .optional("purpose", .plain(512), "what for"),
                    .optional("interface", .plain(256), "how it is called"),
                    .optional(
                        "parameters", .free, "JSON Schema of what it takes: an object, no floats"),
                ]), max: 64, distinct: true), "specialization: outside tools it can use"),
        .optional(
            "workflows",
            .list(
                .object([
                    .required("name", .plain(128), "the procedure"),
                    .required("steps", .texts(512, max: 64), "in order"),
                ]), max: 64, distinct: true), "specialization: standard procedures"),
    ]

    private static let expertise: [Schema.Field] = [
        .optional("experienceLevel", levels, "the publisher's own estimate"),
        .optional("certifiedCapabilities", .texts(256, max: 64), "what it is said to do"),
    ]

    private static let storage: [Schema.Field] = [
        .optional("capacity", .count, "entries it can hold"),
        .optional("persistenceDuration", .count, "seconds an entry lasts; absent = for ever"),
        .optional(
            "retrievalMechanism",
            .choice(["similarity", "temporal", "importance"], open: true), "how it is asked"),
    ]

    private static let content: [Schema.Field] = [
        .optional("knowledgeBase", paths, "files of knowledge"),
        .optional("experienceDatabase", paths, "files of experience"),
        .optional("patternLibrary", paths, "files of patterns"),
    ]

    private static let paths = Schema.list(.text(.path), max: 10_000, distinct: true)

    private static let style: [Schema.Field] = [
        .optional(
            "personality",
            .list(
                .object([
                    .required("trait", .plain(64), "the trait"),
                    .required("degree", .decimal, "0 to 1"),
                ]), max: 64, distinct: true), "traits"),
        .optional(
            "communicationStyle",
            .choice(["formal", "casual", "technical", "creative"], open: true), "tone"),
        .optional(
            "audienceAdaptation",
            .list(
                .object([
                    .required("audience", .plain(128), "who"),
                    .required("guidance", .plain(1_024), "how to speak to them"),
                ]), max: 64, distinct: true), "audiences"),
        .optional("languagePatterns", .texts(512, max: 256), "turns of phrase"),
    ]

    private static let contextAwareness: [Schema.Field] = [
        .optional("situationalAdaptation", .truth, "minds the situation"),
        .optional("emotionalIntelligence", .truth, "minds feelings"),
        .optional("culturalSensitivity", .truth, "minds culture"),
        .optional("professionalContext", .truth, "minds the workplace"),
    ]

    private static let decoding: [Schema.Field] = [
        .optional("temperature", .decimal, "0 takes the likeliest token"),
        .optional("topK", .integer(1...1_048_576), "only so many of the likeliest"),
        .optional("topP", .decimal, "only the likeliest that reach this probability"),
        .optional("minP", .decimal, "only tokens this likely beside the likeliest"),
        .optional("repetitionPenalty", .decimal, "weaken tokens that were there"),
        .optional("maxTokens", .integer(1...1_048_576), "longest answer"),
    ]

    private static let assembly: [Schema.Field] = [
        .required(
            "layers",
            .list(
                .object([
                    .required("layer", .digest, "layer id"),
                    .optional("weight", .decimal, "influence; absent = 1"),
                    .optional("role", .plain(64), "what it is for"),
                ]), max: Assembly.membersMax, distinct: true),
            "the layers, in the order they apply"),
        .optional(
            "connections",
            .list(
                .object([
                    .required("fromLayer", .digest, "layer id"),
                    .required("toLayer", .digest, "layer id"),
                    .required(
                        "connectionType",
                        .choice(["sequential", "parallel", "skip", "merge"], open: false), "how"),
                    .optional("strength", .decimal, "0 to 1"),
                ]), max: 1_024, distinct: true), "how they connect"),
        .optional(
            "persona",
            .object([
                .optional("identity", .plain(1_024), "who it is"),
                .optional("style", .plain(1_024), "how it speaks"),
                .optional("goals", .texts(512, max: 64), "what it is meant to become"),
            ]), "the persona it makes"),
    ]
}
