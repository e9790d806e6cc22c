/// What a layer is.
public enum LayerType: Hashable, Sendable {
    /// A base model.
    case foundation
    /// A low-rank adapter of a base model.
    case lora
    /// A memory module.
    case memory
    /// A specialization module.
    case specialization
    /// A communication adapter.
    case communication
    /// A composition of layers.
    case assembly
    /// Anything else, by a name that begins with `x-`.
    case other(String)

    /// The standard types' names.
    public static let names = [
        "foundation", "lora", "memory", "specialization", "communication", "assembly",
    ]

    /// The type of a name; nil for one that is neither standard nor begins with `x-`.
    public init?(_ name: String) {
        switch name {
        case "foundation": self = .foundation
        case "lora": self = .lora
        case "memory": self = .memory
        case "specialization": self = .specialization
        case "communication": self = .communication
        case "assembly": self = .assembly
        default:
            guard TextForm.isPrivateName(name) else { return nil }
            self = .other(name)
        }
    }

    /// The name in documents and on the command line.
    public var name: String {
        switch self {
        case .foundation: "foundation"
        case .lora: "lora"
        case .memory: "memory"
        case .specialization: "specialization"
        case .communication: "communication"
        case .assembly: "assembly"
        case .other(let name): name
        }
    }
}

/// Who may know of a layer, from narrow to wide.
public enum Visibility: String, CaseIterable, Comparable, Sendable {
    /// This node alone.
    case `private`
    /// Named keys.
    case whitelist
    /// Members of an organisation.
    case organization
    /// Anyone.
    case `public`

    private var width: Int {
        switch self {
        case .private: 0
        case .whitelist: 1
        case .organization: 2
        case .public: 3
        }
    }

    /// Narrower than.
    public static func < (left: Visibility, right: Visibility) -> Bool {
        left.width < right.width
    }
}

/// How far a layer is announced.
public enum Scope: String, CaseIterable, Sendable {
    /// The machine and its own network.
    case local
    /// The peers nearby.
    case regional
    /// Everyone.
    case global
}
