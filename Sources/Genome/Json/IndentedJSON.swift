/// JSON for people to read: two blanks a level, members in their order, short lists on one line.
public enum IndentedJSON {
    /// Longest list or object that stands on one line.
    private static let lineMax = 72

    /// The text, with a line break at its end.
    public static func write(_ value: JSONValue) -> String { text(value, indent: "") + "\n" }

    private static func text(_ value: JSONValue, indent: String) -> String {
        let line = flat(value)
        if indent.utf8.count + line.utf8.count <= lineMax { return line }
        let inner = indent + "  "
        switch value {
        case .object(let object) where !object.isEmpty:
            let lines = object.members.map { member in
                "\(inner)\(flat(.string(member.name))): \(text(member.value, indent: inner))"
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        case .array(let list) where !list.isEmpty:
            let lines = list.map { inner + text($0, indent: inner) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(indent)]"
        default: return line
        }
    }

    private static func flat(_ value: JSONValue) -> String {
        switch value {
        case .object(let object):
            let members = object.members.map { "\(flat(.string($0.name))): \(flat($0.value))" }
            return "{\(members.joined(separator: ", "))}"
        case .array(let list): return "[\(list.map { flat($0) }.joined(separator: ", "))]"
        default: return String(decoding: CanonicalJSON.write(value), as: UTF8.self)
        }
    }
}
