import Wire

/// Numbers of bytes and rates for people, in decimal units with three significant digits.
enum Sizes {
    private static let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]

    /// `0 B`, `999 B`, `1.23 MB`, `45.6 GB`, `789 TB`.
    static func text(_ bytes: UInt64) -> String {
        guard bytes >= 1_000 else { return "\(bytes) B" }
        var scale: UInt64 = 1
        var unit = 0
        while unit < units.count - 1, bytes / scale >= 1_000 {
            scale *= 1_000
            unit += 1
        }
        for (parts, limit) in [(UInt64(100), UInt64(10)), (10, 100), (1, 1_000)] {
            let number = rounded(bytes, to: scale / parts)
            if number < limit * parts { return digits(number, parts: parts) + " " + units[unit] }
        }
        // Rounding has reached the next unit: 999,999 B is 1.00 MB, not 1000 kB.
        return "1.00 " + units[min(unit + 1, units.count - 1)]
    }

    /// The bytes that a person means by `512M`, `2G`, `1.5G` or a bare number; powers of 1024.
    static func bytes(_ text: String, option: String) throws(Failure) -> UInt64 {
        let units: [Character: Double] = ["K": 0x1p10, "M": 0x1p20, "G": 0x1p30, "T": 0x1p40]
        let word = text.uppercased()
        let unit = word.last.flatMap { units[$0] }
        let number = Double(unit == nil ? word : String(word.dropLast()))
        guard let number, number > 0, number * (unit ?? 1) < 0x1p62 else {
            throw Failure(
                .usage, "\(PlainText.shown(option)) \(PlainText.shown(text)) makes no sense",
                why: "it must be a number with K, M, G or T")
        }
        return UInt64(number * (unit ?? 1))
    }

    /// `1.23 MB/s`; a pause when nothing moves.
    static func rate(bytes: UInt64, seconds: Double) -> String {
        guard seconds > 0 else { return "–" }
        let perSecond = Double(bytes) / seconds
        return perSecond < 1 ? "–" : text(UInt64(min(perSecond, 1e18))) + "/s"
    }

    private static func rounded(_ bytes: UInt64, to step: UInt64) -> UInt64 {
        let (whole, rest) = bytes.quotientAndRemainder(dividingBy: step)
        return whole + (rest >= step - rest ? 1 : 0)
    }

    private static func digits(_ number: UInt64, parts: UInt64) -> String {
        switch parts {
        case 100:
            let fraction = number % 100
            return "\(number / 100)." + (fraction < 10 ? "0\(fraction)" : "\(fraction)")
        case 10: return "\(number / 10).\(number % 10)"
        default: return "\(number)"
        }
    }
}
