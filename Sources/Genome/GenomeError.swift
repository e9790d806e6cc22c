/// What can be wrong with a layer's documents or files, in the words of the person who reads it.
public enum GenomeError: Error, Equatable, Sendable {
    /// Not JSON that a strict reader accepts: byte offset and what was found there.
    case json(at: Int, JSONFault)
    /// Valid JSON, but not the one RFC 8785 text of its value, so its hash would name nothing.
    case notCanonical(String)
    /// Longer, deeper or more numerous than the limit; names what and the limit.
    case tooLarge(what: String, limit: Int)
    /// A member of a document that breaks its schema; `path` like `files[3].path`.
    case field(path: String, Complaint)
    /// A DSSE envelope that is not one, or that nobody accepted signed.
    case envelope(EnvelopeFault)
    /// A safetensors file that breaks the named rule, at the named tensor where one is known.
    case tensors(TensorFault, tensor: String?)
    /// An adapter or model folder that contradicts itself; names the key or module.
    case adapter(AdapterFault)
    /// A licence expression that is not one; byte offset and what was expected there.
    case licence(at: Int, expected: String)
    /// A folder or file that is not shared; says which file and why.
    case sharing(SharingFault)
    /// Text that names no layer in any of the accepted forms.
    case reference(String)
    /// A document of an organisation that does not count.
    case organization(OrganizationFault)
    /// Layers that cannot act together as an assembly says.
    case assembly(AssemblyFault)
}

extension GenomeError: CustomStringConvertible {
    /// One sentence for a person, without the path of the program's own code.
    public var description: String {
        switch self {
        case .json(let offset, let fault): "not valid JSON at byte \(offset): \(fault)"
        case .notCanonical(let what): "the \(what) is not in canonical form (RFC 8785)"
        case .tooLarge(let what, let limit): "the \(what) is larger than the limit of \(limit)"
        case .field(let path, let complaint): "\(path.isEmpty ? "document" : path) \(complaint)"
        case .envelope(let fault): fault.description
        case .tensors(let fault, nil): "not a safetensors file to trust: \(fault)"
        case .tensors(let fault, let tensor?): "tensor \(tensor): \(fault)"
        case .adapter(let fault): fault.description
        case .licence(let offset, let expected):
            "not a licence expression: expected \(expected) at character \(offset + 1)"
        case .sharing(let fault): fault.description
        case .reference(let text): "\(text) names no layer"
        case .organization(let fault): fault.description
        case .assembly(let fault): fault.description
        }
    }
}

/// What is wrong with one member of a document.
public enum Complaint: Hashable, Sendable, CustomStringConvertible {
    /// A required member is absent.
    case missing
    /// A member that this version of the format does not know.
    case unknown
    /// Another JSON type than the format asks for.
    case wrongType(expected: String)
    /// A value outside what the member allows; says what is allowed.
    case notAllowed(String)
    /// A second entry where one is allowed.
    case duplicate(String)

    /// The rest of a sentence that begins with the member's path.
    public var description: String {
        switch self {
        case .missing: "is missing"
        case .unknown: "is not a known member"
        case .wrongType(let expected): "must be \(expected)"
        case .notAllowed(let rule): "must be \(rule)"
        case .duplicate(let value): "holds \(value) twice"
        }
    }
}
