/// Why something is not shared.
public enum SharingFault: Hashable, Sendable, CustomStringConvertible {
    /// A file that runs code when it is opened.
    case pickle(path: String)
    /// A symbolic link that leaves the folder.
    case linkOutside(path: String)
    /// Text that looks like a key or token; the text itself is not repeated.
    case secret(path: String, line: Int, kind: String)
    /// A path that cannot stand in a manifest.
    case badPath(String)
    /// Two paths that are one on some filesystems.
    case samePath(String, String)
    /// Nothing that could be shared.
    case empty
    /// More files than a layer may have.
    case tooManyFiles(limit: Int)
    /// A name given to be included that is not there.
    case notThere(String)
    /// The type cannot be told from the files.
    case typeUnknown(hint: String)
    /// The files are not of the type that was asked for.
    case typeDiffers(asked: String, found: String)
    /// Neither the caller nor the card states terms, and the layer is not private.
    case licenceMissing
    /// No name given and none to be had from the folder.
    case nameMissing

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .pickle(let path):
            "\(path) is a pickle: it could run code on whoever opens it, so it is never shared"
        case .linkOutside(let path): "\(path) is a link that leaves the folder"
        case .secret(let path, let line, let kind):
            "\(path) line \(line) looks like \(kind): nothing was shared"
        case .badPath(let path): "\(path) cannot be a path in a layer"
        case .samePath(let one, let other): "\(one) and \(other) are one file on some machines"
        case .empty: "there is nothing to share"
        case .tooManyFiles(let limit): "more than \(limit) files"
        case .notThere(let path): "\(path) is to be included but is not there"
        case .typeUnknown(let hint): "the type cannot be told from the files: \(hint)"
        case .typeDiffers(let asked, let found):
            "the files are of type \(found), not \(asked)"
        case .licenceMissing: "the terms are not stated"
        case .nameMissing: "the layer has no name"
        }
    }
}
