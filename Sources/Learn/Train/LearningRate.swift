import CKernels

/// The learning rate of each step. Steps count from 0; all is computed in f64.
struct LearningRate {
    private let largest: Double
    private let schedule: TrainingSettings.Schedule
    private let warmup: Int
    private let steps: Int

    init(_ settings: TrainingSettings) {
        largest = settings.learningRate
        schedule = settings.schedule
        warmup = settings.warmup
        steps = settings.steps
    }

    /// The rate of step `step`: during the warm-up W largest · (s + 1) / W; after it, with
    /// p = (s − W) / (N − W) of N steps,
    ///
    ///     constant       largest
    ///     linear         largest · (1 − p)
    ///     cosine         largest · (1 + cos πp) / 2
    ///     wsd            largest, over the last tenth D = ⌈(N − W) / 10⌉ steps · (N − s) / D
    ///     inverse-sqrt   largest · √(max(W, 1) / (s + 1))
    func rate(at step: Int) -> Double {
        if step < warmup { return largest * Double(step + 1) / Double(warmup) }
        let rest = max(steps - warmup, 1)
        let part = Double(step - warmup) / Double(rest)
        switch schedule {
        case .constant: return largest
        case .linear: return largest * (1 - part)
        case .cosine:
            var (sine, cosine) = (0.0, 0.0)
            plasmid_sincos(Double.pi * part, &sine, &cosine)
            return largest * 0.5 * (1 + cosine)
        case .wsd:
            let decay = (rest + 9) / 10
            return largest * min(1, Double(steps - step) / Double(decay))
        case .inverseSquareRoot:
            return largest * (Double(max(warmup, 1)) / Double(step + 1)).squareRoot()
        }
    }
}
