/// Names that are nearest to a misspelt one.
public enum NearestNames {
    /// At most three of `names`, nearest first, none further than half of the length.
    static func of(_ name: String, among names: [String]) -> [String] {
        let ranked = names.map { (name: $0, distance: distance(name, $0)) }
        return ranked.filter { $0.distance <= max(2, name.utf8.count / 2) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(3).map(\.name)
    }

    /// Fewest insertions, deletions, changes and swaps of neighbouring bytes from one word to the
    /// other.
    public static func distance(_ left: String, _ right: String) -> Int {
        let (a, b) = (Array(left.utf8), Array(right.utf8))
        var (before, last) = ([Int](), Array(0...b.count))
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                let change = last[j] + (a[i] == b[j] ? 0 : 1)
                var best = min(last[j + 1] + 1, row[j] + 1, change)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    best = min(best, before[j - 1] + 1)
                }
                row.append(best)
            }
            (before, last) = (last, row)
        }
        return last[b.count]
    }
}
