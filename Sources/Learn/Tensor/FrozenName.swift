/// The name of rules by which something is computed, with the number of their version: `rules-v1`.
///
/// Version 0 was never frozen: while it was the name, the rules under it still changed. So nothing
/// is computed again by it, not even by version 1, which the last version 0 was.
public enum FrozenName {
    /// The name before the version, and the version; nil where it has none.
    public static func split(_ name: String) -> (stem: String, version: Int?) {
        guard let mark = name.lastIndex(of: "-"), name[mark...].hasPrefix("-v"),
            let version = Int(name[mark...].dropFirst(2)), version >= 0
        else { return (name, nil) }
        return (String(name[..<mark]), version)
    }

    /// What a name from before the freeze is called now; nil for any other name.
    public static func successor(of name: String, among known: [String]) -> String? {
        let (stem, version) = split(name)
        guard version == 0 else { return nil }
        return known.first { split($0).stem == stem }
    }
}
