import Wire

/// Why a checkpoint cannot be written or gone on from.
public enum CheckpointFault: Hashable, Sendable, CustomStringConvertible {
    /// The disk or the quota is full; earlier checkpoints are whole.
    case diskFull(path: String)
    /// The system does not give or take a file; says what it answered.
    case system(path: String, String)
    /// A file whose bytes are not those that were written.
    case changed(file: String, expected: Digest, found: Digest)
    /// A state that contradicts its files, its name or its own seal.
    case damaged(file: String, String)
    /// A checkpoint of another run.
    case otherRun(file: String, expected: Digest, found: Digest)
    /// A file of a checkpoint that is not there any more.
    case gone(file: String)
    /// A checkpoint that another one builds on and that is not there.
    case missing(step: Int)
    /// A recipe, base or data that is not what the run began with; names the members.
    case otherRecipe([String])

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .diskFull(let path):
            "the disk is full: \(path) was not written; the checkpoint before it is whole"
        case .system(let path, let why): "\(path): \(why)"
        case .changed(let file, let expected, let found):
            "\(file) was changed: its hash should be \(Self.short(expected)), is "
                + Self.short(found)
        case .damaged(let file, let why): "\(file) is damaged: \(why)"
        case .otherRun(let file, let expected, let found):
            "\(file) belongs to run \(Self.short(found)), not to \(Self.short(expected))"
        case .gone(let file): "\(file) is missing"
        case .missing(let step): "the checkpoint of step \(step) is missing"
        case .otherRecipe(let members):
            "this is another run than the one that began: "
                + members.joined(separator: ", ") + (members.count == 1 ? " differs" : " differ")
        }
    }

    private static func short(_ digest: Digest) -> String {
        String(digest.hexadecimal.prefix(16))
    }
}
