/// Why training data cannot be used.
public enum DataFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file that the system does not give us; says what it answered.
    case unreadable(file: String, String)
    /// A file of a kind that is not read.
    case unknownKind(file: String)
    /// A file without content.
    case empty(file: String)
    /// A file that is longer than the limit in bytes.
    case tooLarge(file: String, limit: Int)
    /// A byte that no text has: the file is no text.
    case binary(DataPlace)
    /// Bytes that are not UTF-8.
    case notUTF8(DataPlace)
    /// A file in another encoding, by the mark it begins with.
    case encoding(file: String, String)
    /// One record that cannot be used.
    case record(DataPlace, RecordFault)
    /// More of something in all files together than the limit.
    case tooMuch(what: String, limit: Int)
    /// No record is left to learn from.
    case nothingToLearn
    /// A setting outside its range.
    case setting(name: String, allowed: String)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .unreadable(let file, let why): "\(file) cannot be read: \(why)"
        case .unknownKind(let file):
            "\(file) is of a kind that is not read; name it .jsonl, .json, .csv, .txt or .md"
        case .empty(let file): "\(file) is empty; leave it out or fill it"
        case .tooLarge(let file, let limit):
            "\(file) is longer than \(limit >> 20) MiB; cut it into several files"
        case .binary(let place):
            "\(place): a zero byte, so this is no text; give the data as text in UTF-8"
        case .notUTF8(let place): "\(place): not UTF-8; save the file as UTF-8"
        case .encoding(let file, let name): "\(file) is \(name); save the file as UTF-8"
        case .record(let place, let fault): "\(place): \(fault)"
        case .tooMuch(let what, let limit):
            "the data have more than \(limit) \(what); train on a part of them"
        case .nothingToLearn:
            "no record is left to learn from; give more data, or set fewer records aside"
        case .setting(let name, let allowed): "\(name) must be \(allowed)"
        }
    }
}
