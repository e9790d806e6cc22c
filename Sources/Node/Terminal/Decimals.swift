/// Numbers for people, with so many decimals.
enum Decimals {
    /// `3.1416` with four decimals; large and odd numbers as they are.
    static func text(_ value: Double, _ decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
        let scaled = (value.magnitude * scale).rounded()
        guard scaled < 0x1p53 else { return "\(value)" }
        let digits = String(Int(scaled))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + padded }
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }

    /// `12.5 %` of a part of one.
    static func percent(_ part: Double) -> String { text(part * 100, 1) + " %" }
}
