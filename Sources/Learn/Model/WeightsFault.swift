/// Why files do not make a model or an adapter that can be run.
public enum WeightsFault: Hashable, Sendable, CustomStringConvertible {
    /// A tensor that the model needs and no file has.
    case missingTensor(String)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .missingTensor(let name): "tensor \(name) is missing"
        }
    }
}
