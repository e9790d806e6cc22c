import Genome

/// Why files do not make a model or an adapter that can be run.
public enum WeightsFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// A file that is needed and not there.
    case missingFile(String)
    /// A file that the system does not give us; says what it answered.
    case unreadable(file: String, String)
    /// A file whose content breaks its format.
    case format(file: String, GenomeError)
    /// A family of models that is not built in.
    case unknownFamily(String)
    /// A key of `config.json` whose value cannot be honoured.
    case config(key: String, String)
    /// A tensor that the model needs and no file has.
    case missingTensor(String)
    /// A tensor of another shape than the configuration asks for.
    case wrongShape(tensor: String, expected: [UInt64], found: [UInt64])
    /// A tensor of a type that no kernel reads.
    case wrongType(tensor: String, type: String)
    /// A tensor that nothing in the model uses.
    case unusedTensor(String)
    /// A module that an adapter changes and the model lacks, with the nearest names it has.
    case noModule(String, nearest: [String])
    /// A key of `adapter_config.json` that would change what is computed and is not built in.
    case adapterKey(String, why: String)
    /// A tensor with a NaN or an infinity.
    case notFinite(String)
    /// An adapter whose product is zero everywhere: it would be the base under another name.
    case noEffect
    /// A base that is not the one an adapter was made for.
    case wrongBase(what: String, expected: String, found: String)
    /// More memory than may be used.
    case tooMuchMemory(needed: UInt64, allowed: UInt64)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .missingFile(let file): "\(file) is missing"
        case .unreadable(let file, let why): "\(file) cannot be read: \(why)"
        case .format(let file, let error): "\(file): \(error)"
        case .unknownFamily(let family):
            "config.json: model_type \(family) is not built in; these are: "
                + Family.all.map(\.modelType).joined(separator: ", ")
        case .config(let key, let why): "config.json: \(key) \(why)"
        case .missingTensor(let name): "no file has the tensor \(name), which the model needs"
        case .wrongShape(let tensor, let expected, let found):
            "tensor \(tensor) has shape \(found), the model needs \(expected)"
        case .wrongType(let tensor, let type):
            "tensor \(tensor) is \(type); weights must be F32, BF16 or F16"
        case .unusedTensor(let name): "nothing in the model uses the tensor \(name)"
        case .noModule(let path, let nearest):
            "the model has no module \(path)"
                + (nearest.isEmpty ? "" : "; nearest: " + nearest.joined(separator: ", "))
        case .adapterKey(let key, let why): "adapter_config.json: \(key) \(why)"
        case .notFinite(let tensor): "tensor \(tensor) holds a NaN or an infinity"
        case .noEffect:
            "the adapter changes nothing: the product of its factors is zero in every module"
        case .wrongBase(let what, let expected, let found):
            "the adapter was made for another base: \(what) should be \(expected), is \(found)"
        case .tooMuchMemory(let needed, let allowed):
            "this would take \(needed >> 20) MiB of memory, \(allowed >> 20) MiB may be used"
        }
    }
}
