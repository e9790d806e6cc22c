import Genome
import Learn
import Wire

/// The base model as one that turns texts into vectors.
struct MemoryModel {
    /// Its weights.
    let weights: Digest
    /// What computes.
    private let engine: Engine
    /// What reads texts.
    private let tokenizer: Tokenizer

    /// The base of a session.
    init(_ session: ComputeSession, _ engine: Engine) throws(Failure) {
        self.engine = engine
        tokenizer = try session.tokenizer()
        if let facts = session.base.offers {
            weights = facts.weights
        } else {
            weights = try LayerSource.baseFacts(session.base.files).weights
        }
    }

    /// Numbers of a vector.
    var width: Int { engine.model.architecture.width }

    /// What the vectors depend on beside the texts: weights and profile.
    var identifier: String { "\(weights.hexadecimal) \(engine.profile.rawValue)" }

    /// The vector of a text.
    func vector(of text: String) throws(Failure) -> [Float] {
        let tokens = try tokenizer.encoded(text)
        return try inLearn("reading a memory") { () throws(LearnError) in
            try engine.embedding(of: tokens)
        }
    }
}
