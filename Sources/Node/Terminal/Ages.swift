import Wire

/// Spans of time for people, one or two units.
enum Ages {
    /// `0:07`, `12:34`, `3:04:05`: how long is left of something running.
    static func clock(_ seconds: UInt64) -> String {
        let (hours, rest) = seconds.quotientAndRemainder(dividingBy: 3_600)
        let (minutes, last) = rest.quotientAndRemainder(dividingBy: 60)
        guard hours > 0 else { return "\(minutes):\(padded(last))" }
        return "\(hours):\(padded(minutes)):\(padded(last))"
    }

    /// `now`, `40 s`, `12 min`, `5 h`, `3 d`, `2 y`: how long ago something was.
    static func text(_ seconds: Int64) -> String {
        switch seconds {
        case ..<1: "now"
        case ..<90: "\(seconds) s"
        case ..<5_400: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3_600) h"
        case ..<63_072_000: "\(seconds / 86_400) d"
        default: "\(seconds / 31_536_000) y"
        }
    }

    /// Milliseconds that a person means by `90s`, `15m`, `12h`, `30d` or a number of seconds.
    static func milliseconds(_ text: String, _ option: String) throws(Failure) -> UInt64 {
        let units: [Character: UInt64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        let unit = text.last.flatMap { units[$0] }
        let number = UInt64(unit == nil ? text : String(text.dropLast()))
        guard let number, number <= 36_500 * 86_400 / (unit ?? 1) else {
            throw Failure(
                .usage, "\(option) \(PlainText.shown(text)) makes no sense",
                why: "it must be a number with s, m, h or d")
        }
        return number * (unit ?? 1) * 1_000
    }

    private static func padded(_ number: UInt64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
