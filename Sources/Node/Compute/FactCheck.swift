import Genome
import Host
import Learn
import Wire

/// What a layer's files show, computed anew and held against what its manifest says, with what it
/// takes to run it.
struct FactCheck {
    /// Figures that a statement repeats, with their units.
    private static let signed = [
        ("size", "bytes"), ("parameterCount", "parameters"), ("loraConfig.rank", ""),
        ("records", "records"), ("adaptationStrength", "of the weights"), ("memory", "bytes"),
        ("operationsPerToken", "operations"),
    ]

    /// The facts, in the order of the manifest.
    private(set) var facts: [LayerFact] = []
    /// How strong it is in each module.
    private(set) var strength: [AdaptationStrength.Module] = []
    /// What was not computed, and why.
    private(set) var left: [String] = []
    /// What is wrong with the files themselves.
    private(set) var faults: [String] = []

    /// Reads every file of a layer that is here; `tell` gets the bytes of each step.
    static func run(
        _ request: CheckRequest, tell: @escaping (Int) -> Void = { _ in }
    ) throws(Failure) -> FactCheck {
        let source = request.source
        var check = FactCheck()
        do throws(Failure) {
            let folder = try LayerSource.folder(source.files, hashesAll: true, tell: tell)
            check.facts = LayerFacts.check(folder, request.manifest)
        } catch {
            // Files that contradict one another are no layer, whatever its manifest says.
            check.faults.append(error.why.isEmpty ? error.message : error.why)
            return check
        }
        try check.readRecords(source)
        if source.files.has(Adapter.configName) {
            try check.measureAdapter(source, request.base)
        } else if source.kind == .foundation {
            try check.measureModel(source)
        }
        return check
    }

    private mutating func readRecords(_ source: LayerSource) throws(Failure) {
        guard source.kind == .memory, !MemoryFiles.names(source).isEmpty else { return }
        do throws(Failure) {
            let count = try MemoryFiles.records(source).count
            facts.append(LayerFact("records", .integer(Int64(count))))
            let capacity = source.sections["storage"]?["capacity"]?.integer
            if let capacity, capacity < count {
                left.append("of \(count) records only \(capacity) are held, its capacity")
            }
        } catch {
            faults.append(error.line)
        }
    }

    private mutating func measureAdapter(
        _ source: LayerSource, _ base: Result<LayerSource, Failure>
    ) throws(Failure) {
        let layers = [ComputeSession.Layer(source: source, weight: 1)]
        do throws(Failure) {
            let session = try ComputeSession.open(on: try base.get(), layers)
            guard let stack = session.stack else { return }
            let found = AdaptationStrength(session.model, stack)
            strength = found.modules
            facts.append(LayerFact("adaptationStrength", .double(found.overall)))
            bound(ResourceBounds.of(session.model, stack))
        } catch {
            switch error.code {
            case .notFound, .usage:
                left.append(
                    "adaptationStrength: the base is not here; fetch it, or name it with --base")
            case .corrupt:
                _ = try ComputeSession.model(of: try base.get())
                faults.append(error.why)
            default: faults.append(error.why.isEmpty ? error.message : error.why)
            }
        }
    }

    private mutating func measureModel(_ source: LayerSource) throws(Failure) {
        do throws(Failure) {
            bound(ResourceBounds.of(try ComputeSession.model(of: source), nil))
        } catch {
            guard error.code == .unsupported || error.code == .refused else { throw error }
            left.append("memory: this version does not run it (\(error.why))")
        }
    }

    private mutating func bound(_ bounds: ResourceBounds) {
        facts += [
            LayerFact("positions", .integer(Int64(bounds.positions))),
            LayerFact("memory", .integer(Int64(clamping: bounds.memory))),
            LayerFact("operationsPerToken", .integer(Int64(clamping: bounds.operationsPerToken))),
        ]
    }

    // MARK: What is told

    /// The object that one process tells another.
    var json: JSONValue {
        [
            "facts": .array(facts.map(\.json)), "strength": .array(strengthJSON),
            "left": .array(left.map { .string($0) }), "faults": .array(faults.map { .string($0) }),
        ]
    }

    /// The check of such an object.
    init?(_ json: JSONValue) {
        func texts(_ name: String) -> [String] { (json[name]?.array ?? []).compactMap(\.string) }
        guard let list = json["facts"]?.array else { return nil }
        facts = list.compactMap { LayerFact($0) }
        guard facts.count == list.count else { return nil }
        strength = (json["strength"]?.array ?? []).map {
            .init(path: $0["module"]?.string ?? "", ratio: $0["ratio"]?.number ?? 0)
        }
        left = texts("left")
        faults = texts("faults")
    }

    private init() {}

    private var strengthJSON: [JSONValue] {
        strength.map { ["module": .string($0.path), "ratio": .double($0.ratio)] }
    }

    /// The facts that are not as claimed.
    var differences: [LayerFact] { facts.filter { $0.verdict == .differs } }

    /// Whether everything is as claimed.
    var isSound: Bool { faults.isEmpty && differences.isEmpty }

    /// The check as `verify` lists it.
    var check: GateCheck {
        let wrong = faults + differences.map(\.words)
        let agreed = facts.filter { $0.verdict == .agrees }.count
        let computed = facts.filter { $0.verdict == .computed }.count
        return GateCheck(
            name: "facts", isSound: isSound,
            detail: isSound
                ? "\(agreed) are as the manifest says, \(computed) computed besides"
                : wrong.map { PlainText.shown($0) }.joined(separator: "; "))
    }

    /// Writes what was found into an answer.
    func describe(_ answer: inout JSONObject) {
        answer["facts"] = .array(facts.map(\.json))
        if !strength.isEmpty {
            answer["strength"] = .array(strengthJSON)
        }
        if !left.isEmpty { answer["notComputed"] = .array(left.map { .string($0) }) }
    }

    /// The body of the statement that says it.
    var statement: JSONObject {
        var figures: [JSONValue] = []
        for (name, unit) in Self.signed {
            guard let value = facts.first(where: { $0.name == name })?.computed?.number,
                let text = NumberText.decimal(of: value)
            else { continue }
            var figure = JSONObject()
            figure["metric"] = .string(name)
            figure["value"] = .string(text)
            if !unit.isEmpty { figure["unit"] = .string(unit) }
            figures.append(.object(figure))
        }
        var body = JSONObject()
        body["claim"] = "verified"
        body["result"] = isSound ? "passed" : "failed"
        body["procedure"] = "facts computed from every file"
        if !figures.isEmpty { body["figures"] = .array(figures) }
        return body
    }

    /// For people: a line for each fact.
    static func lines(_ answer: JSONObject) -> [String] {
        guard let facts = answer["facts"]?.array, !facts.isEmpty else { return [] }
        var table = Table([
            .init("FACT", isElastic: true), .init("COMPUTED", isElastic: true),
            .init("CLAIMED", isElastic: true), .init("VERDICT"),
        ])
        func text(_ value: JSONValue?) -> String {
            guard let value, !value.isNull else { return "" }
            return value.number.map { number in
                value.integer == nil ? Decimals.text(number, 6) : "\(value.integer ?? 0)"
            } ?? LayerFact.text(value)
        }
        for fact in facts {
            let isWrong = fact["verdict"] == "differs"
            table.add([
                fact["name"]?.string ?? "", text(fact["computed"]), text(fact["claimed"]),
                isWrong ? "DIFFERS" : fact["verdict"]?.string ?? "",
            ])
        }
        let left = (answer["notComputed"]?.array ?? []).compactMap(\.string)
        return table.lines(width: Terminal(descriptor: 1).columns)
            + left.map { "Not computed: \(PlainText.shown($0))." }
    }
}

extension ResourceBounds {
    /// Longest sequence for which they are told: longer ones are rare on a lab's machines.
    private static let positionsMax = 4_096

    /// The bounds of the longest sequence that `verify` tells of, in the portable profile.
    static func of(_ model: Model, _ stack: AdapterStack?) -> ResourceBounds {
        ResourceBounds(
            model, stack, profile: .portable,
            positions: min(model.architecture.positions, positionsMax))
    }
}
