import Genome
import Wire

/// The settings as a recipe holds them, and back.
extension TrainingSettings {
    /// Adds the members of a recipe that these settings decide; refused where a number has no
    /// decimal text.
    func write(into recipe: inout JSONObject) throws(LearnError) {
        recipe["profile"] = .string(profile.rawValue)
        recipe["seed"] = .string(String(seed))
        var adapter = JSONObject()
        adapter["rank"] = .integer(Int64(rank))
        adapter["alpha"] = try Self.decimal("alpha", alpha)
        adapter["targets"] = targetsJSON
        adapter["rankPattern"] = .array(
            rankPattern.map { ["key": .string($0.key), "rank": .integer(Int64($0.rank))] })
        var alphas: [JSONValue] = []
        for (key, alpha) in alphaPattern {
            alphas.append(["key": .string(key), "alpha": try Self.decimal("alpha", alpha)])
        }
        adapter["alphaPattern"] = .array(alphas)
        adapter["rankStabilised"] = .bool(isRankStabilised)
        adapter["dropout"] = try Self.decimal("dropout", dropout)
        recipe["adapter"] = .object(adapter)
        var optimiser = JSONObject()
        optimiser["steps"] = .integer(Int64(steps))
        optimiser["batch"] = .integer(Int64(batch))
        optimiser["accumulate"] = .integer(Int64(accumulate))
        optimiser["schedule"] = .string(schedule.rawValue)
        optimiser["warmup"] = .integer(Int64(warmup))
        for (name, value) in [
            ("learningRate", learningRate), ("weightDecay", weightDecay), ("clip", clip),
            ("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon),
        ] {
            optimiser[name] = try Self.decimal(name, value)
        }
        recipe["optimiser"] = .object(optimiser)
    }

    private var targetsJSON: JSONValue {
        switch targets {
        case .names(let names):
            ["kind": "names", "names": .array(names.map { .string($0) })]
        case .pattern(let pattern): ["kind": "pattern", "pattern": .string(pattern)]
        case .allLinear: ["kind": "all-linear"]
        case .standard: ["kind": "standard"]
        }
    }

    private static func decimal(_ name: String, _ value: Double) throws(LearnError) -> JSONValue {
        guard let text = NumberText.decimal(of: value) else {
            throw .request(.setting(name: name, allowed: "a number of at most 64 digits"))
        }
        return .string(text)
    }

    /// The members of a recipe that these settings decide.
    public func recipeMembers() throws(LearnError) -> JSONObject {
        var object = JSONObject()
        try write(into: &object)
        return object
    }

    /// The settings of a recipe; refused where this program knows no such profile or schedule.
    public init(_ recipe: Recipe) throws(LearnError) {
        try self.init(json: .object(recipe.json))
    }

    /// The settings of an object with the members that `recipeMembers` gives.
    public init(json: JSONValue) throws(LearnError) {
        self.init()
        let (adapter, optimiser) = (json["adapter"], json["optimiser"])
        let name = json["profile"]?.string ?? ""
        let known = Profile.allCases.map(\.rawValue)
        guard let profile = Profile(rawValue: name) else {
            if let now = FrozenName.successor(of: name, among: known) {
                throw .request(.notFrozen(name: PlainText.shown(name), now: now))
            }
            throw .request(
                .setting(
                    name: "the profile of the recipe",
                    allowed: known.joined(separator: " or ")))
        }
        self.profile = profile
        seed = json["seed"]?.string.flatMap { UInt64($0) } ?? 0
        rank = Int(adapter?["rank"]?.integer ?? 0)
        alpha = Self.number(adapter, "alpha")
        targets = Self.targets(adapter?["targets"])
        rankPattern = (adapter?["rankPattern"]?.array ?? []).map { entry in
            (entry["key"]?.string ?? "", Int(entry["rank"]?.integer ?? 0))
        }
        alphaPattern = (adapter?["alphaPattern"]?.array ?? []).map { entry in
            (entry["key"]?.string ?? "", Self.number(entry, "alpha"))
        }
        isRankStabilised = adapter?["rankStabilised"]?.bool ?? false
        dropout = Self.number(adapter, "dropout")
        steps = Int(optimiser?["steps"]?.integer ?? 0)
        batch = Int(optimiser?["batch"]?.integer ?? 0)
        accumulate = Int(optimiser?["accumulate"]?.integer ?? 0)
        warmup = Int(optimiser?["warmup"]?.integer ?? 0)
        schedule = optimiser?["schedule"]?.string.flatMap { Schedule(rawValue: $0) } ?? .constant
        learningRate = Self.number(optimiser, "learningRate")
        weightDecay = Self.number(optimiser, "weightDecay")
        clip = Self.number(optimiser, "clip")
        beta1 = Self.number(optimiser, "beta1")
        beta2 = Self.number(optimiser, "beta2")
        epsilon = Self.number(optimiser, "epsilon")
    }

    /// A recipe that was read has decimal texts where numbers are meant.
    private static func number(_ object: JSONValue?, _ name: String) -> Double {
        object?[name]?.string.flatMap { Double($0) } ?? 0
    }

    private static func targets(_ json: JSONValue?) -> AdapterConfig.Targets {
        switch json?["kind"]?.string {
        case "names": .names((json?["names"]?.array ?? []).compactMap(\.string))
        case "pattern": .pattern(json?["pattern"]?.string ?? "")
        case "all-linear": .allLinear
        default: .standard
        }
    }
}
