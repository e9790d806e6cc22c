/// The moment that `strftime_now` tells. It is given, never read from a clock, because a prompt
/// that depends on the hour cannot be made again.
public struct TemplateDate: Hashable, Sendable {
    /// The year.
    public let year: Int
    /// The month, from 1.
    public let month: Int
    /// The day of the month, from 1.
    public let day: Int
    /// The hour, from 0.
    public let hour: Int
    /// The minute.
    public let minute: Int
    /// The second.
    public let second: Int

    /// A moment; nil if there is no such one.
    public init?(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0
    ) {
        guard (1...9_999).contains(year), (1...12).contains(month),
            (1...Self.days(of: month, in: year)).contains(day), (0...23).contains(hour),
            (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// A moment in seconds since 1970, in universal time; days by Howard Hinnant's algorithm for
    /// the civil calendar.
    public init?(unixSeconds: UInt64) {
        let days = Int(unixSeconds / 86_400) + 719_468
        let second = Int(unixSeconds % 86_400)
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * shifted + 2) / 5 + 1, hour: second / 3_600,
            minute: second / 60 % 60, second: second % 60)
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]
    private static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    private static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func days(of month: Int, in year: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Day of the year, from 1.
    private var dayOfYear: Int {
        (1..<month).reduce(day) { $0 + Self.days(of: $1, in: year) }
    }

    /// Day of the week, Sunday is 0.
    private var weekday: Int {
        let before = year - 1
        return (before * 365 + before / 4 - before / 100 + before / 400 + dayOfYear) % 7
    }

    /// The date as `strftime` writes it; nil for a directive that is not known.
    func formatted(_ format: String) -> String? {
        var result = ""
        var scalars = format.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            guard var directive = scalars.next() else { return nil }
            let isPlain = directive == "-"
            if isPlain {
                guard let next = scalars.next() else { return nil }
                directive = next
            }
            guard let part = part(directive, isPlain: isPlain) else { return nil }
            result += part
        }
        return result
    }

    private func part(_ directive: Unicode.Scalar, isPlain: Bool) -> String? {
        func digits(_ value: Int, _ width: Int = 2) -> String {
            let text = String(value)
            let lacking = isPlain ? 0 : max(0, width - text.utf8.count)
            return String(repeating: "0", count: lacking) + text
        }
        return switch directive {
        case "Y": String(year)
        case "y": digits(year % 100)
        case "m": digits(month)
        case "d": digits(day)
        case "e": day < 10 && !isPlain ? " \(day)" : "\(day)"
        case "H": digits(hour)
        case "I": digits((hour + 11) % 12 + 1)
        case "M": digits(minute)
        case "S": digits(second)
        case "j": digits(dayOfYear, 3)
        case "p": hour < 12 ? "AM" : "PM"
        case "B": Self.months[month - 1]
        case "b", "h": String(Self.months[month - 1].prefix(3))
        case "A": Self.weekdays[weekday]
        case "a": String(Self.weekdays[weekday].prefix(3))
        case "w": String(weekday)
        case "F": "\(digits(year, 4))-\(digits(month))-\(digits(day))"
        case "T": "\(digits(hour)):\(digits(minute)):\(digits(second))"
        case "Z", "z": ""
        case "n": "\n"
        case "%": "%"
        default: nil
        }
    }
}
