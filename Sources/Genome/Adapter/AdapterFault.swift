/// Why a folder's configuration and tensors do not make one adapter or model.
public enum AdapterFault: Hashable, Sendable, CustomStringConvertible {
    /// A configuration that is not the object it should be.
    case notObject(file: String)
    /// A configuration without a key it needs.
    case missing(key: String)
    /// A key whose value has another type or range than it may have.
    case badValue(key: String, expected: String)
    /// A key that changes what the adapter computes and that is not understood.
    case notUnderstood(key: String)
    /// An initialisation after which the factors belong to a base that PEFT changed first.
    case changesBase(String)
    /// A kind of adapter other than LoRA.
    case otherKind(String)
    /// A module with one half of its pair.
    case unpaired(module: String, missing: String)
    /// Factors whose inner dimension is not the rank of the configuration.
    case wrongRank(module: String, configured: UInt64, found: UInt64)
    /// A tensor whose dimensions cannot be a factor.
    case badShape(tensor: String)
    /// A tensor that belongs to no module the configuration names.
    case notTargeted(module: String)
    /// A module the configuration names and no tensor changes.
    case nothingFor(target: String)
    /// A flag that says otherwise than the tensors.
    case flagDiffers(key: String, detail: String)
    /// A tensor that no rule explains.
    case unexplained(tensor: String)
    /// No factors at all.
    case noFactors

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .notObject(let file): "\(file) is not a JSON object"
        case .missing(let key): "the configuration lacks \(key)"
        case .badValue(let key, let expected): "\(key) must be \(expected)"
        case .notUnderstood(let key):
            "\(key) changes what the adapter computes and is not understood"
        case .changesBase(let name):
            "init_lora_weights \(name) changes the base's own weights when it is loaded; convert "
                + "the adapter to plain LoRA first (PEFT: save_pretrained with "
                + "path_initial_model_for_weight_conversion)"
        case .otherKind(let kind): "peft_type \(kind) is not LORA"
        case .unpaired(let module, let missing): "module \(module) lacks \(missing)"
        case .wrongRank(let module, let configured, let found):
            "module \(module) has rank \(found), the configuration says \(configured)"
        case .badShape(let tensor): "tensor \(tensor) has a shape no factor has"
        case .notTargeted(let module):
            "module \(module) has tensors but is not among target_modules"
        case .nothingFor(let target): "target_modules names \(target), but no tensor changes it"
        case .flagDiffers(let key, let detail): "\(key) contradicts the tensors: \(detail)"
        case .unexplained(let tensor): "tensor \(tensor) is explained by no key"
        case .noFactors: "there is no pair of low-rank factors"
        }
    }
}
