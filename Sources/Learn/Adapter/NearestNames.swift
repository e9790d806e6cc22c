/// Names that are nearest to a misspelt one.
enum NearestNames {
    /// At most three of `names`, nearest first, none further than half of the length.
    static func of(_ name: String, among names: [String]) -> [String] {
        let wanted = Array(name.utf8)
        let ranked = names.map { (name: $0, distance: distance(wanted, Array($0.utf8))) }
        return ranked.filter { $0.distance <= max(2, wanted.count / 2) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
            .prefix(3).map(\.name)
    }

    /// Levenshtein's distance.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let substitution = diagonal + (byte == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substitution, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[right.count]
    }
}
