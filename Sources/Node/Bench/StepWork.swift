import Learn

/// Operations of one step of training, counted from shapes: what the arithmetic of LoRA needs,
/// whatever an implementation does besides. A multiplication and its addition are two.
struct StepWork: Equatable {
    /// Weights of all linear modules but the head.
    var weights = 0.0
    /// Weights of those whose input nobody asks a gradient of: they read the embedding.
    var first = 0.0
    /// Weights of the head.
    var head = 0.0
    /// Values of all factors.
    var factors = 0.0
    /// Width of all queries of one position.
    var queryWidth = 0.0
    /// For each block how many keys a query sees; nil for all before it.
    var windows: [Int?] = []

    /// What a model and the modules that are trained on it ask for.
    static func count(_ model: Model, _ modules: [Trainer.Module]) -> StepWork {
        let shape = model.architecture
        var work = StepWork()
        work.weights = Double(model.multiplications)
        work.first = Double(shape.width * (shape.queryWidth + 2 * shape.keyWidth))
        work.head = Double(shape.width * shape.vocabulary)
        work.factors = modules.reduce(0) { $0 + Double($1.rank * ($1.inputs + $1.outputs)) }
        work.queryWidth = Double(shape.queryWidth)
        work.windows = shape.windows
        return work
    }

    /// Operations of a step over `batch` examples of `tokens` tokens, of which all but the first
    /// are learned.
    func operations(batch: Int, tokens: Int) -> Double {
        let rows = Double(tokens)
        // Forward, and backward over inputs.
        var sum = rows * (4 * weights - 2 * first)
        // Forward; then over the inputs and the values of both factors.
        sum += rows * 6 * factors
        sum += Double(tokens - 1) * 4 * head
        // Forward two products, backward four: for each pair of a query and a key it sees.
        for window in windows {
            sum += 12 * queryWidth * Self.pairs(tokens, window: window)
        }
        return Double(batch) * sum
    }

    /// Pairs of a query and a key that it sees.
    static func pairs(_ tokens: Int, window: Int?) -> Double {
        let seen = min(tokens, window ?? tokens)
        return Double(seen * (seen + 1) / 2 + (tokens - seen) * seen)
    }
}
