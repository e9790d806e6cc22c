/// Which known word a mistyped one is nearest to.
enum Nearness {
    /// The nearest of `known` within two edits (one for short words), or the only one that the
    /// word begins; nil if none is near.
    static func nearest(to word: String, among known: [String]) -> String? {
        let allowed = word.filter { $0 != "-" }.count <= 3 ? 1 : 2
        // Of words equally near the one that was begun is meant.
        let ranked = known.map { name in
            (name: name, distance: distance(word, name), isOther: name.hasPrefix(word) ? 0 : 1)
        }
        let best = ranked.min { ($0.distance, $0.isOther) < ($1.distance, $1.isOther) }
        if let best, best.distance <= allowed {
            return best.name
        }
        let begun = known.filter { $0.hasPrefix(word) }
        return begun.count == 1 && word.filter { $0 != "-" }.count >= 2 ? begun.first : nil
    }

    /// Fewest insertions, deletions, changes and swaps of neighbours from one word to the other.
    static func distance(_ left: String, _ right: String) -> Int {
        let a = Array(left.prefix(64))
        let b = Array(right.prefix(64))
        var rows = [Array(0...b.count)]
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                let change = rows[i][j] + (a[i] == b[j] ? 0 : 1)
                var best = min(rows[i][j + 1] + 1, row[j] + 1, change)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    best = min(best, rows[i - 1][j - 1] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
