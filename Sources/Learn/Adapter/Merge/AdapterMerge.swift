import Genome

/// Makes one adapter out of several.
public struct AdapterMerge {
    /// A part with its weight.
    public typealias Part = (adapter: Adapter, weight: Double)

    private let parts: [Part]
    private let arithmetic: TaskArithmetic
    private var settings: MergeSettings { arithmetic.settings }

    /// A merge of parts, in the order given.
    public init(_ parts: [Part], _ settings: MergeSettings) throws(LearnError) {
        try self.init(parts, TaskArithmetic(settings))
    }

    init(_ parts: [Part], _ arithmetic: TaskArithmetic) throws(LearnError) {
        self.parts = parts
        self.arithmetic = arithmetic
        try arithmetic.settings.check()
        guard !parts.isEmpty else {
            throw .request(.setting(name: "layers", allowed: "one or more"))
        }
        for part in parts {
            let config = part.adapter.facts.config
            if config.isWeightDecomposed {
                throw .weights(
                    .adapterKey(
                        "use_dora", why: "depends on the base; merge it into one with --base"))
            }
            if config.hasFactorBias {
                throw .weights(.adapterKey("lora_bias", why: "is not merged into an adapter"))
            }
        }
    }

    /// One module of the result; its scale is 1.
    struct Module {
        let path: String
        let product: LowRank
    }

    /// The modules of the result in the order of their paths.
    func modules() throws(LearnError) -> [Module] {
        var paths: Set<String> = []
        for part in parts { paths.formUnion(part.adapter.facts.modules.map(\.path)) }
        let rank = settings.rank ?? parts.map { Int($0.adapter.facts.rank) }.max() ?? 1
        var result: [Module] = []
        for (index, path) in paths.sorted().enumerated() {
            let (products, weights, places) = try products(of: path)
            guard
                products.allSatisfy({
                    $0.rows == products[0].rows && $0.columns == products[0].columns
                })
            else {
                throw .weights(
                    .wrongShape(
                        tensor: path,
                        expected: [UInt64(products[0].rows), UInt64(products[0].columns)],
                        found: products.last.map { [UInt64($0.rows), UInt64($0.columns)] } ?? []))
            }
            result.append(
                Module(
                    path: path,
                    product: try merge(
                        products, weights, places: places, module: index, path: path, rank: rank)))
        }
        return result
    }

    /// What the parts add to one module, with weight times scale, and which parts these are.
    private func products(
        of path: String
    ) throws(LearnError) -> (products: [LowRank], weights: [Float], places: [Int]) {
        var products: [LowRank] = []
        var weights: [Float] = []
        var places: [Int] = []
        for (place, part) in parts.enumerated() {
            guard let module = part.adapter.facts.modules.first(where: { $0.path == path }) else {
                continue
            }
            let stored = try part.adapter.parts(of: module)
            products.append(
                LowRank(
                    rows: stored.up.rows, columns: stored.down.columns, rank: stored.down.rows,
                    up: stored.up.values(), down: stored.down.values()))
            weights.append(Float(part.weight * (try part.adapter.scale(of: module))))
            places.append(place)
        }
        return (products, weights, places)
    }

    private func merge(
        _ products: [LowRank], _ weights: [Float], places: [Int], module: Int, path: String,
        rank: Int
    ) throws(LearnError) -> LowRank {
        switch settings.method {
        case .cat: return LowRank.sum(products, weights: weights)
        case .svd: return LowRank.sum(products, weights: weights).truncated(to: rank)
        default: break
        }
        guard Set(products.map(\.rank)).count == 1 else {
            throw .request(
                .setting(
                    name: "method", allowed: "svd or cat: \(path) has different ranks"))
        }
        // The root of each weight on both factors; the sign on A alone.
        let roots = weights.map { abs($0).squareRoot() }
        let signed = zip(roots, weights).map { $1 < 0 ? -$0 : $0 }
        let streams = places.map { UInt32(2 * (module * parts.count + $0)) }
        var result = products[0]
        result.down = arithmetic.combine(products.map(\.down), weights: signed, streams: streams)
        result.up = arithmetic.combine(
            products.map(\.up), weights: roots, streams: streams.map { $0 + 1 })
        return result
    }
}
