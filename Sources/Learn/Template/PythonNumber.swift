/// What Python does to numbers.
enum PythonNumber {
    /// Longest text that is read as a number; Python's own bound for whole ones.
    static let bytesMax = 4_300

    /// `repr` of a float: the shortest digits, an exponent below 1e-4 and from 1e16.
    static func text(_ value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        // Swift prints the same digits and differs only in where the exponent begins.
        let printed = value.description
        let parts = printed.split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]) else {
            guard value.magnitude >= 1e16 else { return printed }
            let whole = printed.dropLast(2)
            return scientific(String(whole), exponent: whole.filter(\.isNumber).count - 1)
        }
        guard (-4..<16).contains(exponent) else {
            return scientific(String(parts[0]), exponent: exponent)
        }
        let sign = value < 0 ? "-" : ""
        let digits = parts[0].filter(\.isNumber)
        let trimmed = digits.hasSuffix("0") && digits.count > 1 ? String(digits.dropLast()) : digits
        return sign + plain(trimmed, point: exponent + 1)
    }

    private static func scientific(_ mantissa: String, exponent: Int) -> String {
        let sign = mantissa.hasPrefix("-") ? "-" : ""
        var digits = mantissa.filter(\.isNumber)
        while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
        let first = digits.removeFirst()
        let fraction = digits.isEmpty ? "" : "." + digits
        let size = String(exponent.magnitude)
        let padded = size.count < 2 ? "0" + size : size
        return "\(sign)\(first)\(fraction)e\(exponent < 0 ? "-" : "+")\(padded)"
    }

    private static func plain(_ digits: String, point: Int) -> String {
        if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count {
            return digits + String(repeating: "0", count: point - digits.count) + ".0"
        }
        return digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// `int(text)`, base ten unless given; nil if it is not a number or too large for 64 bits.
    static func integer(_ text: String, base: Int = 10) -> Int? {
        guard text.utf8.count <= bytesMax else { return nil }
        var digits = PythonText.strip(text, nil).lowercased()
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits.removeFirst() }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)]
        where radix == base && digits.hasPrefix(prefix) { digits.removeFirst(2) }
        guard let first = digits.first, first != "+", first != "-", !digits.hasSuffix("_"),
            first != "_", !digits.contains("__")
        else { return nil }
        return Int((isNegative ? "-" : "") + digits.filter { $0 != "_" }, radix: base)
    }

    /// `float(text)`.
    static func float(_ text: String) -> Double? {
        guard text.utf8.count <= bytesMax else { return nil }
        let stripped = PythonText.strip(text, nil).lowercased()
        let unsigned = stripped.drop { $0 == "-" || $0 == "+" }
        switch unsigned {
        case "inf", "infinity": return stripped.hasPrefix("-") ? -.infinity : .infinity
        case "nan": return .nan
        default:
            let isPlain = stripped.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || "+-.e".utf8.contains(byte)
            }
            guard isPlain, let first = unsigned.first, let last = stripped.last else { return nil }
            // Swift wants a digit on both sides of the point.
            let text =
                (first == "." ? PythonText.replace(stripped, ".", "0.", most: 1) : stripped)
                + (last == "." ? "0" : "")
            return Double(PythonText.replace(text, ".e", ".0e", most: 1))
        }
    }

    /// `round(value, places)`: to the nearest decimal, ties by the exact value to even.
    static func rounded(_ value: Double, places: Int) -> Double {
        guard value.isFinite, (-22...22).contains(places) else { return value }
        let scale = tenfold(abs(places))
        let shifted = places < 0 ? value / scale : value * scale
        guard shifted.magnitude < 4_503_599_627_370_496 else { return value }
        // What the product lost tells on which side of the half the exact value lies.
        let lost = places < 0 ? 0 : (-shifted).addingProduct(value, scale)
        let floor = shifted.rounded(.down)
        let over = shifted - floor - 0.5
        let isUp =
            over > 0 || over == 0 && (lost > 0 || lost == 0 && floor / 2 != (floor / 2).rounded())
        let whole = isUp ? floor + 1 : floor
        return places < 0 ? whole * scale : whole / scale
    }

    static func tenfold(_ power: Int) -> Double {
        (0..<max(0, power)).reduce(1.0) { product, _ in product * 10 }
    }

    /// `'%.Nf'`: with exactly that many decimals; nil if the number is too large for it.
    static func fixed(_ value: Double, places: Int) -> String? {
        guard value.isFinite else { return text(value) }
        let scaled = (rounded(value.magnitude, places: places) * tenfold(places)).rounded()
        guard places <= 15, scaled < 9e15 else { return nil }
        var digits = String(Int(scaled))
        digits = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let sign = value.sign == .minus ? "-" : ""
        guard places > 0 else { return sign + digits }
        return "\(sign)\(digits.dropLast(places)).\(digits.suffix(places))"
    }

    /// `left ** right` where it can be had without a library: whole powers and square roots.
    static func power(_ left: Double, _ right: Double) -> Double? {
        if right == 0.5 { return left.squareRoot() }
        guard right == right.rounded(), right.magnitude <= 1_024 else { return nil }
        var result = 1.0
        var base = left
        var rest = Int(right.magnitude)
        while rest > 0 {
            if rest & 1 == 1 { result *= base }
            base *= base
            rest >>= 1
        }
        return right < 0 ? 1 / result : result
    }

    /// `left // right` and `left % right` of whole numbers, rounded towards minus infinity.
    static func divided(_ left: Int, _ right: Int) -> (quotient: Int, remainder: Int)? {
        guard right != 0 else { return nil }
        let (quotient, overflow) = left.dividedReportingOverflow(by: right)
        guard !overflow else { return nil }
        let remainder = left - quotient * right
        let isDown = remainder != 0 && (remainder < 0) != (right < 0)
        return isDown ? (quotient - 1, remainder + right) : (quotient, remainder)
    }

    static func remainder(_ left: Double, _ right: Double) -> Double {
        let remainder = left.truncatingRemainder(dividingBy: right)
        if remainder == 0 { return Double(signOf: right, magnitudeOf: 0) }
        return (remainder < 0) != (right < 0) ? remainder + right : remainder
    }
}
