/// Scores examples with a base, with adapters over it or without. A score's bits depend on weights,
/// profile and example alone: not on threads, on how many rows run together or on other examples.
public struct Evaluation {
    /// Rows whose logits are held at a time: those of large vocabularies take tens of megabytes.
    private static let logitRows = 64

    private let engine: Engine
    private let adapters: AdapterStack?

    /// An evaluation of what `engine` runs under `adapters`.
    public init(_ engine: Engine, adapters: AdapterStack? = nil) {
        self.engine = engine
        self.adapters = adapters
    }

    /// The score of one example.
    public func score(_ example: TrainingExample) throws(LearnError) -> ItemScore {
        let places = example.labels.indices.dropFirst().filter {
            example.labels[$0] != TrainingExample.masked
        }
        guard let first = places.first, let last = places.last else {
            return ItemScore(losses: [], correct: 0)
        }
        let vocabulary = engine.model.architecture.vocabulary
        for place in places where !(0..<vocabulary).contains(Int(example.labels[place])) {
            throw .request(.noToken(Int(example.labels[place]), vocabulary: vocabulary))
        }
        let tokens = example.tokens.map { Int($0) }
        // The row of a token foretells the next one, so the last target's own row is not needed.
        let sequence = try engine.makeSequence(capacity: last, adapters: adapters)
        if first > 1 {
            try engine.prefill(sequence, Array(tokens[..<(first - 1)]), wanted: .none)
        }
        var losses: [Double] = []
        losses.reserveCapacity(places.count)
        var correct = 0
        let rowsAtOnce = min(Self.logitRows, engine.batchRows)
        for start in stride(from: first - 1, to: last, by: rowsAtOnce) {
            let end = min(start + rowsAtOnce, last)
            let part = Engine.Part(sequence, Array(tokens[start..<end]), wanted: .all)
            try engine.step([part])
            for row in start..<end where example.labels[row + 1] != TrainingExample.masked {
                let target = Int(example.labels[row + 1])
                let logits = engine.result(row - start)
                losses.append(-LogitRow.logProbabilities(logits, of: [target])[0])
                correct += engine.best(row - start) == target ? 1 : 0
            }
        }
        return ItemScore(losses: losses, correct: correct)
    }
}
