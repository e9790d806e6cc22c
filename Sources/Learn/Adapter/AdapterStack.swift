import Genome
import Host

/// Adapters bound to one model: their factors by module, in the order in which they are added to
/// the base's output.
///
/// Binding fails closed: every factor finds its module, every module that is meant has factors,
/// shapes agree, and the product of the factors is not zero.
public final class AdapterStack {
    /// Factors by path of the module.
    let factors: [String: [Factor]]
    private let adapters: [Adapter]
    private let gains: [Memory]

    /// An adapter with its weight in the stack; 1 is as trained.
    public struct Member {
        /// The adapter.
        public let adapter: Adapter
        /// Multiplies its scale.
        public let weight: Double
        /// Sorts the stack, so that sums do not depend on the order of the request.
        public let identifier: String

        /// A member.
        public init(_ adapter: Adapter, weight: Double = 1, identifier: String) {
            self.adapter = adapter
            self.weight = weight
            self.identifier = identifier
        }
    }

    /// Binds adapters to a model.
    public init(_ members: [Member], model: Model) throws(LearnError) {
        let linears = model.linears
        var binder = AdapterBinder(model: model, linears: linears)
        var factors: [String: [Factor]] = [:]
        var gains: [Memory] = []
        for member in members.sorted(by: { $0.identifier < $1.identifier }) {
            let bound = try binder.bind(member.adapter)
            for (module, linear) in bound {
                let parts = try member.adapter.parts(of: module)
                let scale = Float(member.weight * (try member.adapter.scale(of: module)))
                var factor = Factor(
                    down: parts.down, up: parts.up, scale: scale, upBias: parts.upBias, gain: nil)
                if let magnitude = parts.magnitude {
                    let gain = try DecomposedGain.compute(
                        magnitude: magnitude, factor: factor, linear: linear)
                    factor.gain = gain.stored
                    gains.append(gain.memory)
                }
                factors[linear.path, default: []].append(factor)
            }
        }
        self.factors = factors
        self.gains = gains
        adapters = members.map(\.adapter)
    }

    /// Factors whose memory their owner keeps and changes: those that are being trained.
    init(trained factors: [String: Factor]) {
        self.factors = factors.mapValues { [$0] }
        adapters = []
        gains = []
    }
}
