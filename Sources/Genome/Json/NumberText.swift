/// Numbers as text without floating point surprises: the ECMAScript form that RFC 8785 asks for,
/// and plain decimal strings for documents that hold no floats.
public enum NumberText {
    /// The text ECMAScript's `Number::toString` gives (ECMA-262 §6.1.6.1.20): the shortest digits
    /// that read back as the same double, laid out by its thresholds.
    public static func ecmaScript(_ value: Double) -> String {
        precondition(value.isFinite, "JSON has no infinity and no NaN")
        guard value != 0 else { return "0" }
        let (digits, point) = shortestDigits(of: value.magnitude)
        let sign = value < 0 ? "-" : ""
        return sign + layOut(digits, point: point)
    }

    /// `value` in decimal notation without exponent, as `decimal(_:)` accepts; nil if it is not
    /// finite or needs more than 64 characters.
    public static func decimal(of value: Double) -> String? {
        guard value.isFinite else { return nil }
        guard value != 0 else { return "0" }
        let (digits, point) = shortestDigits(of: value.magnitude)
        guard abs(point) <= 40 else { return nil }
        let sign = value < 0 ? "-" : ""
        let text = sign + plain(digits, point: point)
        return text.utf8.count <= 64 ? text : nil
    }

    /// Whether `text` is a decimal in its one form: an optional minus, no leading zeros, no
    /// trailing zeros after the point, no `-0`, at most 64 characters.
    public static func isDecimal(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        guard rest.count <= 64 else { return false }
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        let whole = rest.prefix { (0x30...0x39).contains($0) }
        guard !whole.isEmpty, whole.count == 1 || whole.first != UInt8(ascii: "0") else {
            return false
        }
        rest = rest.dropFirst(whole.count)
        if rest.isEmpty { return !(isNegative && whole.elementsEqual([UInt8(ascii: "0")])) }
        guard rest.first == UInt8(ascii: ".") else { return false }
        let fraction = rest.dropFirst()
        return !fraction.isEmpty && fraction.allSatisfy { (0x30...0x39).contains($0) }
            && fraction.last != UInt8(ascii: "0")
    }

    /// The shortest decimal digits of a positive double and where the decimal point stands: the
    /// value is 0.d₁d₂… × 10^point. Swift prints the shortest digits; only the layout differs.
    private static func shortestDigits(of value: Double) -> (digits: [UInt8], point: Int) {
        let text = Array(value.description.utf8)
        let mantissa = text.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let exponentText = String(decoding: text.dropFirst(mantissa.count + 1), as: UTF8.self)
        let exponent = Int(exponentText) ?? 0
        let whole = mantissa.prefix { $0 != UInt8(ascii: ".") }
        var digits = mantissa.filter { $0 != UInt8(ascii: ".") }
        var point = whole.count + exponent
        while digits.first == UInt8(ascii: "0") {
            digits.removeFirst()
            point -= 1
        }
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (Array(digits), point)
    }

    private static func layOut(_ digits: [UInt8], point: Int) -> String {
        if (-5...21).contains(point) { return plain(digits, point: point) }
        let exponent = point - 1
        var text = [digits[0]]
        if digits.count > 1 { text += [UInt8(ascii: ".")] + digits[1...] }
        text += [UInt8(ascii: "e"), exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")]
        return String(decoding: text, as: UTF8.self) + String(exponent.magnitude)
    }

    private static func plain(_ digits: [UInt8], point: Int) -> String {
        let zero = UInt8(ascii: "0")
        let dot = UInt8(ascii: ".")
        let text: [UInt8]
        if point <= 0 {
            text = [zero, dot] + [UInt8](repeating: zero, count: -point) + digits
        } else if point >= digits.count {
            text = digits + [UInt8](repeating: zero, count: point - digits.count)
        } else {
            text = digits[..<point] + [dot] + digits[point...]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
