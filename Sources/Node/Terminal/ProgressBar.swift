/// One line on a terminal that says how far something long has come. Pure: it is told the time and
/// gives the text; what is written where is the caller's matter.
///
/// Silent for the first second, so that quick things stay quiet, and drawn at most ten times a
/// second after it.
struct ProgressBar {
    private let label: String
    private let totalBytes: UInt64
    private let startSeconds: Double
    private var doneBytes: UInt64 = 0
    /// Bytes that were there before this run and say nothing about its rate.
    private let reusedBytes: UInt64
    private var lastDrawnSeconds: Double?
    /// From how many it comes; nil where that says nothing.
    private var sources: Int?

    private static let quietSeconds = 1.0
    private static let redrawSeconds = 0.1
    private static let barColumnsMax = 30

    /// A bar for `totalBytes`, of which `reusedBytes` are there already.
    init(label: String, totalBytes: UInt64, reusedBytes: UInt64 = 0, at seconds: Double) {
        self.label = label
        self.totalBytes = totalBytes
        self.reusedBytes = min(reusedBytes, totalBytes)
        doneBytes = self.reusedBytes
        startSeconds = seconds
    }

    /// Notes how many bytes are there by now, and from how many sources, and gives the text to
    /// write to the terminal, if it is time for it.
    mutating func update(
        doneBytes: UInt64, sources: Int? = nil, at seconds: Double, width: Int = 80
    ) -> String? {
        self.doneBytes = min(doneBytes, totalBytes)
        self.sources = sources
        guard seconds - startSeconds >= Self.quietSeconds,
            seconds - (lastDrawnSeconds ?? -1) >= Self.redrawSeconds
        else { return nil }
        lastDrawnSeconds = seconds
        return "\r\u{1b}[K" + line(at: seconds, width: width)
    }

    /// What removes the line again; nil if nothing was drawn.
    func clear() -> String? { lastDrawnSeconds == nil ? nil : "\r\u{1b}[K" }

    /// `fetch notes [######......]  45 %  1.2 of 2.6 GB  85.0 MB/s  3 peers  0:17 left`.
    func line(at seconds: Double, width: Int) -> String {
        let elapsed = seconds - startSeconds
        let moved = doneBytes - reusedBytes
        let share = totalBytes == 0 ? 1 : Double(doneBytes) / Double(totalBytes)
        let percent = TextWidth.padded("\(Int(share * 100))", to: 3, isRight: true)
        let sizes = "\(Sizes.text(doneBytes)) of \(Sizes.text(totalBytes))"
        var tail = "\(percent) %  \(sizes)  \(Sizes.rate(bytes: moved, seconds: elapsed))"
        if let sources, sources > 0 { tail += "  \(sources) peer\(sources == 1 ? "" : "s")" }
        if moved > 0, elapsed > 0, doneBytes < totalBytes {
            let left = Double(totalBytes - doneBytes) * elapsed / Double(moved)
            tail += "  \(Ages.clock(UInt64(min(left.rounded(.up), 359_999)))) left"
        }
        let room = width - 1 - TextWidth.columns(tail)
        let name = TextWidth.fitted(label, to: max(0, min(20, room - 2)))
        let barColumns = min(Self.barColumnsMax, room - TextWidth.columns(name) - 5)
        guard barColumns >= 4 else { return TextWidth.fitted(name + "  " + tail, to: width - 1) }
        let filled = Int(share * Double(barColumns))
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: ".", count: barColumns - filled)
        return "\(name) [\(bar)]  \(tail)"
    }
}
