import Learn

/// Which known word a mistyped one is nearest to.
enum Nearness {
    /// The nearest of `known` within two edits (one for short words), or the only one that the
    /// word begins; nil if none is near.
    static func nearest(to word: String, among known: [String]) -> String? {
        // What is longer is no misspelt word.
        guard word.utf8.count <= 64 else { return nil }
        let allowed = word.filter { $0 != "-" }.count <= 3 ? 1 : 2
        // Of words equally near the one that was begun is meant.
        let ranked = known.map { name in
            (
                name: name, distance: NearestNames.distance(word, name),
                isOther: name.hasPrefix(word) ? 0 : 1
            )
        }
        let best = ranked.min { ($0.distance, $0.isOther) < ($1.distance, $1.isOther) }
        if let best, best.distance <= allowed {
            return best.name
        }
        let begun = known.filter { $0.hasPrefix(word) }
        return begun.count == 1 && word.filter { $0 != "-" }.count >= 2 ? begun.first : nil
    }
}
