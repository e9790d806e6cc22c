import Wire

/// What a PEFT `adapter_config.json` says: everything that decides what the adapter computes.
///
/// A key that is not understood and is not plainly off is refused by name: an adapter that is
/// loaded without it would run and be wrong.
public struct AdapterConfig: Sendable {
    /// Longest configuration in bytes.
    public static let bytesMax = 1 << 20

    /// Which modules the adapter changes.
    public enum Targets: Hashable, Sendable {
        /// Modules of these names, or whose path ends in them.
        case names([String])
        /// Modules whose whole path matches a regular expression.
        case pattern(String)
        /// Every linear module but the output head.
        case allLinear
        /// What PEFT chooses for the architecture.
        case standard
    }

    /// Inner dimension unless `rankPattern` says otherwise.
    public let rank: UInt64
    /// Scaling numerator as decimal text.
    public let alpha: String
    /// Which modules it changes.
    public let targets: Targets
    /// Which of them it does not change after all.
    public let excluded: Targets?
    /// Dropout in training, as decimal text.
    public let dropout: String
    /// Whether the scale is alpha over the root of the rank.
    public let isRankStabilised: Bool
    /// Whether a magnitude vector stands beside each pair (DoRA).
    public let isWeightDecomposed: Bool
    /// Whether the second factor has a bias.
    public let hasFactorBias: Bool
    /// Which biases of the base are trained: `none`, `all` or `lora_only`.
    public let bias: String
    /// Modules that are stored whole.
    public let modulesToSave: [String]
    /// Inner dimensions of modules whose path ends in a match of the key, first hit first.
    public let rankPattern: [(key: String, rank: UInt64)]
    /// The same for alpha.
    public let alphaPattern: [(key: String, alpha: String)]
    /// Only these blocks, if given.
    public let layersToTransform: [UInt64]?
    /// Whether single embedding rows are trained.
    public let hasTokenRows: Bool
    /// The base's free-text name: a hint for people, never proof.
    public let baseName: String?
    /// `CAUSAL_LM` and the like.
    public let taskType: String?

    /// The configuration of JSON bytes.
    public init(_ bytes: [UInt8]) throws(GenomeError) {
        let limits = JSONLimits(bytes: Self.bytesMax, depth: 16, values: 200_000)
        guard let object = try JSONParser.parse(bytes, limits: limits).object else {
            throw .adapter(.notObject(file: "adapter_config.json"))
        }
        let reader = ConfigReader(object)
        guard let kind = object["peft_type"]?.string else {
            throw .adapter(.missing(key: "peft_type"))
        }
        guard kind == "LORA" else { throw .adapter(.otherKind(PlainText.shown(kind))) }
        try AdapterKeys.check(object)
        rank = try reader.positive("r") ?? 8
        alpha = try reader.decimal("lora_alpha") ?? "8"
        targets = try Self.targets(object["target_modules"], "target_modules") ?? .standard
        excluded = try Self.targets(object["exclude_modules"], "exclude_modules")
        dropout = try reader.decimal("lora_dropout") ?? "0"
        isRankStabilised = try reader.truth("use_rslora")
        isWeightDecomposed = try reader.truth("use_dora")
        hasFactorBias = try reader.truth("lora_bias")
        bias = try reader.text("bias") ?? "none"
        guard ["none", "all", "lora_only"].contains(bias) else {
            throw .adapter(.badValue(key: "bias", expected: "none, all or lora_only"))
        }
        modulesToSave = try reader.texts("modules_to_save")
        rankPattern = try reader.pattern("rank_pattern") { value in
            value.integer.flatMap { (1...65_536).contains($0) ? UInt64($0) : nil }
        }.map { ($0.key, $0.value) }
        alphaPattern = try reader.pattern("alpha_pattern") { value in
            value.number.flatMap { NumberText.decimal(of: $0) }
        }.map { ($0.key, $0.value) }
        layersToTransform = try reader.indices("layers_to_transform")
        hasTokenRows = !(object["trainable_token_indices"]?.isNull ?? true)
        baseName = try reader.text("base_model_name_or_path")
        taskType = try reader.text("task_type")
    }

    private static func targets(
        _ value: JSONValue?, _ key: String
    ) throws(GenomeError) -> Targets? {
        guard let value, !value.isNull else { return nil }
        if let text = value.string {
            if text.lowercased() == "all-linear", key == "target_modules" { return .allLinear }
            guard ModulePattern(text) != nil else { throw .adapter(.notUnderstood(key: key)) }
            return .pattern(text)
        }
        let names = (value.array ?? []).compactMap(\.string)
        guard let list = value.array, names.count == list.count, names.count <= 4_096,
            names.allSatisfy({ (1...256).contains($0.utf8.count) && PlainText.isPlain($0) })
        else { throw .adapter(.badValue(key: key, expected: "text or a list of names")) }
        return .names(names)
    }
}

extension AdapterConfig {
    /// Whether the adapter is meant to change the module at `path`; nil if a pattern cannot be
    /// followed.
    public func isTarget(_ path: String) -> Bool? {
        if let excluded {
            guard let isExcluded = Self.matches(excluded, path) else { return nil }
            if isExcluded { return false }
        }
        guard let isNamed = Self.matches(targets, path) else { return nil }
        guard isNamed, let layersToTransform, case .names = targets else { return isNamed }
        let segments = path.split(separator: ".")
        let index = segments.dropFirst().lazy.compactMap { UInt64($0) }.first
        return index.map { layersToTransform.contains($0) } ?? false
    }

    /// Whether the exclusions name a target outright, so that no tensor is expected for it.
    func excludes(_ name: String) -> Bool {
        guard case .names(let names)? = excluded else { return false }
        return names.contains { name == $0 || name.hasSuffix("." + $0) }
    }

    /// Bytes of all patterns together.
    var patternBytes: Int {
        let keys = rankPattern.map(\.key) + alphaPattern.map(\.key)
        let patterns = [targets, excluded].compactMap { target -> String? in
            if case .pattern(let text)? = target { text } else { nil }
        }
        return (keys + patterns).reduce(0) { $0 + $1.utf8.count + 8 }
    }

    static func matches(_ targets: Targets, _ path: String) -> Bool? {
        switch targets {
        case .names(let names): names.contains { path == $0 || path.hasSuffix("." + $0) }
        case .pattern(let text): ModulePattern(text)?.matchesWhole(path)
        case .allLinear, .standard: true
        }
    }

    /// The inner dimension of the module at `path`; nil if a pattern cannot be followed.
    public func rank(of path: String) -> UInt64? {
        for (key, rank) in rankPattern {
            guard let isHit = Self.ends(path, with: key) else { return nil }
            if isHit { return rank }
        }
        return rank
    }

    /// The scaling numerator of the module at `path`; nil if a pattern cannot be followed.
    public func alpha(of path: String) -> String? {
        for (key, alpha) in alphaPattern {
            guard let isHit = Self.ends(path, with: key) else { return nil }
            if isHit { return alpha }
        }
        return alpha
    }

    /// Whether a key of a pattern means the module at `path`; nil if it cannot be followed.
    public static func ends(_ path: String, with key: String) -> Bool? {
        ModulePattern("(.*\\.)?(\(key))$")?.matchesWhole(path)
    }
}

/// Reads single keys of a configuration with the type they must have.
struct ConfigReader {
    let object: JSONObject

    init(_ object: JSONObject) { self.object = object }

    private func value(_ key: String) -> JSONValue? {
        object[key].flatMap { $0.isNull ? nil : $0 }
    }

    private func bad(_ key: String, _ expected: String) -> GenomeError {
        .adapter(.badValue(key: key, expected: expected))
    }

    func text(_ key: String) throws(GenomeError) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string, text.utf8.count <= 1_024, PlainText.isPlain(text) else {
            throw bad(key, "plain text")
        }
        return text
    }

    func truth(_ key: String) throws(GenomeError) -> Bool {
        guard let value = value(key) else { return false }
        guard let bool = value.bool else { throw bad(key, "true or false") }
        return bool
    }

    func positive(_ key: String) throws(GenomeError) -> UInt64? {
        guard let value = value(key) else { return nil }
        guard let number = value.integer, (1...65_536).contains(number) else {
            throw bad(key, "a whole number from 1 to 65536")
        }
        return UInt64(number)
    }

    func decimal(_ key: String) throws(GenomeError) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.number.flatMap({ NumberText.decimal(of: $0) }) else {
            throw bad(key, "a number")
        }
        return text
    }

    func texts(_ key: String) throws(GenomeError) -> [String] {
        guard let value = value(key) else { return [] }
        let texts = (value.array ?? []).compactMap(\.string)
        guard let list = value.array, list.count == texts.count, list.count <= 4_096,
            texts.allSatisfy({ (1...256).contains($0.utf8.count) && PlainText.isPlain($0) })
        else { throw bad(key, "a list of names") }
        return texts
    }

    func indices(_ key: String) throws(GenomeError) -> [UInt64]? {
        guard let value = value(key) else { return nil }
        let list = value.array ?? [value]
        let indices = list.compactMap { $0.integer.flatMap { UInt64(exactly: $0) } }
        guard indices.count == list.count, list.count <= 65_536 else {
            throw bad(key, "whole numbers")
        }
        return indices.isEmpty ? nil : indices
    }

    func pattern<Value>(
        _ key: String, _ read: (JSONValue) -> Value?
    ) throws(GenomeError) -> [(key: String, value: Value)] {
        guard let value = value(key) else { return [] }
        guard let object = value.object, object.count <= 4_096 else {
            throw bad(key, "an object of numbers")
        }
        var result: [(key: String, value: Value)] = []
        for member in object.members {
            guard ModulePattern(member.name) != nil else {
                throw .adapter(.notUnderstood(key: "\(key).\(PlainText.shown(member.name))"))
            }
            guard let number = read(member.value) else { throw bad(key, "an object of numbers") }
            result.append((member.name, number))
        }
        return result
    }
}
