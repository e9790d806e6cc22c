/// What keeps a fetch from going faster, as far as the core can tell; the shell adds what it sees
/// of disk and processor.
public enum FetchSlowness: String, Equatable, Sendable {
    /// The owner's own limit.
    case limit
    /// Every peer that has it said that it is busy.
    case busy
    /// Peers owe groups and are late with them.
    case late
    /// What came waits for the disk.
    case disk
    /// Ciphers and hashes need all that the processor gives.
    case processor
    /// None of these: the line, or what peers give.
    case line

    /// For people.
    public var words: String {
        switch self {
        case .limit: "your own limit (plasmid limits)"
        case .busy: "its holders are busy"
        case .late: "its holders are late"
        case .disk: "this machine's disk"
        case .processor: "this machine's processor (cipher and hash)"
        case .line: "the line, or what its holders give"
        }
    }
}
