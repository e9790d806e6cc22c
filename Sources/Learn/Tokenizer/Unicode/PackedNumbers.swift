/// Reads the whole numbers of a packed table: five bits a character, lowest first, the sixth bit
/// says that more follow. Line ends between the characters mean nothing.
struct PackedNumbers {
    private let digits: [UInt8]
    private var position = 0

    /// The numbers of a table's text.
    init(_ text: String) {
        digits = text.utf8.compactMap { Self.digit($0) }
    }

    /// Whether every number was read.
    var isAtEnd: Bool { position >= digits.count }

    /// The next number; 0 after the last.
    mutating func next() -> Int {
        var value = 0
        var shift = 0
        while position < digits.count, shift < 60 {
            let digit = Int(digits[position])
            position += 1
            value |= (digit & 31) << shift
            shift += 5
            if digit < 32 { break }
        }
        return value
    }

    /// The next number of a table that may go below zero.
    mutating func nextSigned() -> Int {
        let value = next()
        return value & 1 == 0 ? value >> 1 : -(value >> 1) - 1
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
