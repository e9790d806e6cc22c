/// How strong an adapter is beside its base: ‖s·B·A‖ / ‖W‖ in the Frobenius norm, for each module
/// that it changes and for all of them together. Computed in f64 from the stored factors and
/// weights; without a base there is no W to hold it against.
///
/// Of a weight-decomposed adapter (DoRA) it is the low-rank part; the magnitudes come on top.
public struct AdaptationStrength: Sendable {
    /// One module.
    public struct Module: Sendable {
        /// Its path in the base.
        public let path: String
        /// ‖s·B·A‖ / ‖W‖.
        public let ratio: Double

        /// A module of which that was found.
        public init(path: String, ratio: Double) {
            self.path = path
            self.ratio = ratio
        }
    }

    /// The modules in the order of their paths.
    public let modules: [Module]
    /// √Σ‖s·B·A‖² / √Σ‖W‖² over the modules.
    public let overall: Double

    /// The strength of one adapter, bound alone.
    public init(_ model: Model, _ stack: AdapterStack) {
        let linears = model.linears
        var modules: [Module] = []
        var update = 0.0
        var weight = 0.0
        for (path, factors) in stack.factors.sorted(by: { $0.key < $1.key }) {
            guard let linear = linears[path] else { continue }
            let base = linear.weight.squaredNorm()
            for factor in factors {
                let scale = Double(factor.scale)
                let change =
                    scale * scale * FactorProduct(down: factor.down, up: factor.up).squaredNorm
                modules.append(Module(path: path, ratio: (change / base).squareRoot()))
                update += change
                weight += base
            }
        }
        self.modules = modules
        overall = (update / weight).squareRoot()
    }
}
