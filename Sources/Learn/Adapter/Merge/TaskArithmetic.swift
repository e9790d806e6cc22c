/// Combines tensors of equal shape element by element, in f32 as PEFT does on a CPU.
struct TaskArithmetic {
    let settings: MergeSettings

    /// Which elements of tensor `index` a random method keeps: those whose number is below the
    /// density. `stream` tells tensors apart.
    let keeps: (_ stream: UInt32, _ element: Int) -> Bool

    /// Random choices by counter: one stream for each tensor of each part.
    init(_ settings: MergeSettings) {
        let random = CounterRandom(seed: settings.seed, purpose: .pruning)
        let density = settings.density
        self.init(settings) { stream, element in
            random.uniform(UInt64(element), lane: stream) < density
        }
    }

    /// With given choices.
    init(_ settings: MergeSettings, keeps: @escaping (UInt32, Int) -> Bool) {
        self.settings = settings
        self.keeps = keeps
    }

    /// The combination of `tensors` under `weights`; `streams` names their random choices.
    func combine(_ tensors: [[Float]], weights: [Float], streams: [UInt32]) -> [Float] {
        guard let first = tensors.first else { return [] }
        let kept = zip(tensors, streams).map { self.pruned($0, stream: $1) }
        var result = [Float](repeating: 0, count: first.count)
        for element in result.indices {
            result[element] =
                settings.method.electsSign
                ? elected(kept, weights, element) : sum(kept, weights, element)
        }
        return result
    }

    private func sum(_ tensors: [[Float]], _ weights: [Float], _ element: Int) -> Float {
        var sum: Float = 0
        for (tensor, weight) in zip(tensors, weights) { sum += tensor[element] * weight }
        return sum
    }

    /// The mean of the weighted elements whose sign is that of the majority.
    private func elected(_ tensors: [[Float]], _ weights: [Float], _ element: Int) -> Float {
        var balance: Float = 0
        for tensor in tensors {
            let value = tensor[element]
            balance += settings.countsSigns ? Self.sign(value) : value
        }
        let majority: Float = balance >= 0 ? 1 : -1
        var sum: Float = 0
        var count: Float = 0
        for (tensor, weight) in zip(tensors, weights)
        where Self.sign(tensor[element]) == majority {
            sum += tensor[element] * weight
            count += 1
        }
        return sum / max(count, 1)
    }

    private static func sign(_ value: Float) -> Float { value > 0 ? 1 : value < 0 ? -1 : 0 }

    private func pruned(_ tensor: [Float], stream: UInt32) -> [Float] {
        guard settings.method.prunes, settings.density < 1 else { return tensor }
        if settings.method.drawsAtRandom {
            let density = Float(settings.density)
            return tensor.enumerated().map { element, value in
                keeps(stream, element) ? value / density : 0
            }
        }
        let kept = Int(settings.density * Double(tensor.count))
        let order = tensor.indices.sorted { left, right in
            let (first, second) = (abs(tensor[left]), abs(tensor[right]))
            return first > second || first == second && left < right
        }
        var result = [Float](repeating: 0, count: tensor.count)
        for element in order.prefix(kept) { result[element] = tensor[element] }
        return result
    }
}
