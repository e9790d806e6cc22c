/// Finds one text in others in time that grows with their lengths and not with their product, so
/// that no choice of texts makes a search slow (Knuth, Morris and Pratt).
struct TextSearch {
    private let sought: [UInt8]
    /// For each place, how much of the text has been found again where the next byte differs.
    private let fallback: [Int]

    init(_ text: String) {
        sought = Array(text.utf8)
        var fallback = [0]
        var matched = 0
        for byte in sought.dropFirst() {
            while matched > 0, sought[matched] != byte { matched = fallback[matched - 1] }
            if sought[matched] == byte { matched += 1 }
            fallback.append(matched)
        }
        self.fallback = fallback
    }

    /// Its length in bytes.
    var length: Int { sought.count }

    /// Where it stands in `bytes` from `start`, by bytes; UTF-8 finds no false places.
    func find(in bytes: [UInt8], from start: Int) -> Int? {
        guard !sought.isEmpty else { return start }
        var matched = 0
        for index in start..<max(start, bytes.count) {
            while matched > 0, sought[matched] != bytes[index] { matched = fallback[matched - 1] }
            if sought[matched] == bytes[index] { matched += 1 }
            if matched == sought.count { return index + 1 - matched }
        }
        return nil
    }

    /// Every place where it stands, also where two overlap.
    func findAll(in bytes: [UInt8]) -> [Int] {
        guard !sought.isEmpty else { return Array(0...bytes.count) }
        var places: [Int] = []
        var matched = 0
        for index in bytes.indices {
            while matched > 0, matched == sought.count || sought[matched] != bytes[index] {
                matched = fallback[matched - 1]
            }
            if sought[matched] == bytes[index] { matched += 1 }
            if matched == sought.count { places.append(index + 1 - matched) }
        }
        return places
    }
}
