/// What can be wrong with a model, an adapter or a request to run them.
public enum LearnError: Error, Equatable, Sendable {
    /// A tokenizer that cannot be used, or text that it cannot take.
    case tokenizer(TokenizerFault)
    /// A chat template that cannot be run.
    case template(TemplateFault)
    /// A folder or file that does not make a model or an adapter that can be run.
    case weights(WeightsFault)
    /// A request that cannot be answered.
    case request(RequestFault)
    /// A training step that cannot be done.
    case training(TrainingFault)
    /// A checkpoint that cannot be written or gone on from.
    case checkpoint(CheckpointFault)
    /// Training data that cannot be used.
    case data(DataFault)
}

extension LearnError: CustomStringConvertible {
    /// One sentence for a person.
    public var description: String {
        switch self {
        case .tokenizer(let fault): fault.description
        case .template(let fault): fault.description
        case .weights(let fault): fault.description
        case .request(let fault): fault.description
        case .training(let fault): fault.description
        case .checkpoint(let fault): fault.description
        case .data(let fault): fault.description
        }
    }
}
