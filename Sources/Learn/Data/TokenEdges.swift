/// Which tokens of a text stand before, across and behind a place in it.
///
/// A place is an edge when the text up to it becomes the same tokens alone as within the whole:
/// then it lies between two tokens. No other knowledge of a tokenizer is needed, so this holds for
/// every kind of it.
struct TokenEdges {
    private let scalars: [Unicode.Scalar]
    private let ids: [UInt32]
    private let tokenizer: Tokenizer
    /// The last edge that was found: the next one is looked for from there.
    private var known = (place: 0, token: 0)
    /// Code points that may still be tokenised.
    private var scalarsLeft: Int
    private let scalarsMax: Int

    /// The edges of a text that became these ids, without tokens around it.
    init(
        _ text: String, _ ids: [UInt32], _ tokenizer: Tokenizer,
        scalarsMax: Int = DataLimits.edgeScalarsMax
    ) {
        self.scalarsMax = scalarsMax
        scalarsLeft = scalarsMax
        scalars = Array(text.unicodeScalars)
        self.ids = ids
        self.tokenizer = tokenizer
    }

    /// How many tokens end at or before a place, counted in code points.
    mutating func countEnding(by place: Int) throws(RecordFault) -> Int {
        for near in stride(from: place, through: max(0, place - DataLimits.edgeSearchMax), by: -1) {
            if let count = try edge(at: near) { return count }
        }
        return try commonCount(by: place)
    }

    /// How many tokens begin before a place, counted in code points.
    mutating func countBeginning(before place: Int) throws(RecordFault) -> Int {
        let last = min(scalars.count, place + DataLimits.edgeSearchMax)
        for near in place...last {
            if let count = try edge(at: near) { return count }
        }
        return min(ids.count, try commonCount(by: place) + 1)
    }

    /// The number of tokens before an edge; nil if the place is none.
    private mutating func edge(at place: Int) throws(RecordFault) -> Int? {
        if place == 0 { return 0 }
        if place == scalars.count { return ids.count }
        if place >= known.place {
            let piece = try encode(known.place..<place)
            if ids[known.token...].starts(with: piece) {
                known = (place, known.token + piece.count)
                return known.token
            }
            if known.place == 0 { return nil }
        }
        let whole = try encode(0..<place)
        guard ids.starts(with: whole) else { return nil }
        known = (place, whole.count)
        return whole.count
    }

    private mutating func commonCount(by place: Int) throws(RecordFault) -> Int {
        zip(ids, try encode(0..<place)).prefix { $0 == $1 }.count
    }

    private mutating func encode(_ range: Range<Int>) throws(RecordFault) -> [UInt32] {
        guard range.count <= scalarsLeft else {
            throw .tooMuchWork(what: "characters are tokenised", limit: scalarsMax)
        }
        scalarsLeft -= range.count
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[range])
        do throws(LearnError) {
            return try tokenizer.encode(String(text), addSpecial: false)
        } catch {
            throw .refused(error.description)
        }
    }
}
