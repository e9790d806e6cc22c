/// How large the update `s B A` of each module is beside its weight W: as a whole, and in its
/// strongest direction.
///
/// Both are held against ‖W‖ in the Frobenius norm, for which one pass over the weights is enough.
/// No direction of W is stronger than that, so an update whose strongest direction reaches it
/// outweighs each of them for certain.
struct UpdateSizes {
    /// One update of a module, relative to ‖W‖.
    struct Size {
        /// Path of the module.
        let path: String
        /// ‖s B A‖ in the Frobenius norm.
        let whole: Double
        /// ‖s B A‖ in the spectral norm: its largest singular value.
        let direction: Double
    }

    /// Ratio above which a module is named to people.
    private static let strongRatio = 1.0
    /// How far above the median a module's strongest direction stands out. Those of adapters that
    /// were trained in one piece lie within a few times of each other.
    private static let outlierFactor = 10.0
    /// Fewer modules have no median worth the name.
    private static let outlierModulesMin = 4
    /// Modules that are named one by one.
    private static let namesMax = 3

    let sizes: [Size]

    /// The sizes of a bound stack's updates, in the order of their paths.
    init(_ model: Model, _ stack: AdapterStack) {
        let linears = model.linears
        var sizes: [Size] = []
        for (path, factors) in stack.factors.sorted(by: { $0.key < $1.key }) {
            guard let linear = linears[path] else { continue }
            let weight = linear.weight.squaredNorm()
            for factor in factors {
                let product = FactorProduct(down: factor.down, up: factor.up)
                let scale = abs(Double(factor.scale))
                sizes.append(
                    Size(
                        path: path, whole: scale * (product.squaredNorm / weight).squareRoot(),
                        direction: scale * (product.squaredSpectralNorm / weight).squareRoot()))
            }
        }
        self.sizes = sizes
    }

    init(sizes: [Size]) { self.sizes = sizes }

    /// ‖s B A‖ / ‖W‖ as a whole: mean over modules, and the strongest.
    var strength: AdmissionGates.Check {
        let strong = sizes.filter { $0.whole > Self.strongRatio }.count
        return check(
            "strength", \.whole, of: "of the weights",
            flag: strong > 0 ? "\(strong) modules outweigh the base" : nil)
    }

    /// The strongest direction of each update: mean over modules, the strongest, and those that
    /// stand out.
    var spectrum: AdmissionGates.Check {
        let outliers = outliers
        let names = outliers.prefix(Self.namesMax).map(\.path).joined(separator: ", ")
        let rest =
            outliers.count > Self.namesMax ? " and \(outliers.count - Self.namesMax) more" : ""
        return check(
            "spectrum", \.direction, of: "of the weights in one direction",
            flag: outliers.isEmpty
                ? nil
                : "\(names)\(rest) stands out, a signal of a poisoned adapter, never proof")
    }

    /// Modules whose strongest direction outweighs every direction of the weight, or lies far
    /// above those of the adapter's other modules; the strongest first.
    private var outliers: [Size] {
        let sorted = sizes.map(\.direction).sorted()
        let median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        let hasMedian = sizes.count >= Self.outlierModulesMin && median > 0
        return sizes.filter { size in
            size.direction > Self.strongRatio
                || hasMedian && size.direction > Self.outlierFactor * median
        }.sorted { ($1.direction, $0.path) < ($0.direction, $1.path) }
    }

    private func check(
        _ name: String, _ value: (Size) -> Double, of what: String, flag: String?
    ) -> AdmissionGates.Check {
        guard
            let strongest = sizes.max(by: { (value($0), $1.path) < (value($1), $0.path) })
        else {
            return AdmissionGates.Check(
                name: name, isSound: false, detail: "no module is changed")
        }
        let mean = sizes.reduce(0) { $0 + value($1) } / Double(sizes.count)
        let most = value(strongest)
        var detail =
            "mean \(Self.shown(mean)) \(what), most \(Self.shown(most)) in \(strongest.path)"
        if let flag { detail += "; FLAGGED: \(flag)" }
        return AdmissionGates.Check(
            name: name, isSound: mean.isFinite, isFlagged: flag != nil, detail: detail,
            figures: [
                ("\(name)-mean", mean, "of the weights"), ("\(name)-most", most, "of the weights"),
            ])
    }

    /// A number for people.
    static func shown(_ value: Double) -> String {
        guard value.isFinite, value < 1e9 else { return "\(value)" }
        return value >= 0.001 ? "\((value * 1_000).rounded() / 1_000)" : "\(Float(value))"
    }
}
