/// One line on a terminal that says how many of some things are done. Pure: it is told the time and
/// gives the text. Silent for the first second, and drawn at most ten times a second after it.
struct CountLine {
    private let label: String
    private let total: Int
    private let startSeconds: Double
    private var lastDrawnSeconds: Double?

    private static let quietSeconds = 1.0
    private static let redrawSeconds = 0.1

    /// A line for `total` things.
    init(label: String, total: Int, at seconds: Double) {
        self.label = label
        self.total = total
        startSeconds = seconds
    }

    /// The text to write to the terminal when `done` are done, if it is time for it.
    mutating func update(done: Int, at seconds: Double, width: Int) -> String? {
        guard seconds - startSeconds >= Self.quietSeconds,
            seconds - (lastDrawnSeconds ?? -1) >= Self.redrawSeconds
        else { return nil }
        lastDrawnSeconds = seconds
        var text = "\(label)  \(done) of \(total)"
        if done > 0, done < total {
            let left = Double(total - done) * (seconds - startSeconds) / Double(done)
            text += "  \(Ages.clock(UInt64(min(left.rounded(.up), 359_999)))) left"
        }
        return "\r\u{1b}[K" + TextWidth.fitted(text, to: width - 1)
    }

    /// What removes the line again; nil if nothing was drawn.
    func clear() -> String? { lastDrawnSeconds == nil ? nil : "\r\u{1b}[K" }
}
