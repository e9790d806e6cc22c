import CKernels

/// Where in a run the numbers of a dropout stand: each module, step and token has its own.
struct DropoutPlace {
    /// Probability that an element is left out.
    let probability: Double
    /// Seed of the run.
    let seed: UInt64
    /// The module's number in the model.
    let module: Int
    /// The optimiser's step.
    let step: Int
    /// Number of the first row among the tokens of the step.
    let token: Int

    /// Elements from `first` on of one row: left out, or divided by the probability to stay.
    func apply(
        row: Int, first: Int, _ source: UnsafePointer<Float>, _ count: Int,
        to out: UnsafeMutablePointer<Float>
    ) {
        let purpose = CounterRandom.Purpose.dropout.rawValue
        var place = plasmid_dropout(
            key: (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)),
            row: UInt32(truncatingIfNeeded: token + row),
            stream: purpose | UInt32(truncatingIfNeeded: module) << 8,
            step: UInt32(truncatingIfNeeded: step), probability: probability)
        plasmid_dropout_row(&place, first, source, count, out)
    }
}
