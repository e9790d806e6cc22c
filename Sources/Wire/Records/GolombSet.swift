/// A set of uniform 64-bit values in about 12 bits each, with one false positive in 1,024
/// (Golomb coding of sorted differences; S. Golomb 1966, as used by Bitcoin's BIP 158).
///
/// A value is mapped to `value · count · 1024 / 2^64`; the sorted results are written as
/// differences: quotient by 1,024 in unary (ones ended by a zero), remainder in 10 bits, most
/// significant bit first.
public struct GolombSet: Equatable, Sendable {
    private static let remainderBits: UInt64 = 10

    /// Number of values.
    public let count: Int
    /// The coded differences.
    public let bytes: [UInt8]

    /// The set of `values`.
    public init(_ values: [UInt64]) {
        count = values.count
        let range = UInt64(values.count) << Self.remainderBits
        var writer = BitWriter()
        var last: UInt64 = 0
        for position in values.map({ $0.multipliedFullWidth(by: range).high }).sorted() {
            let difference = position - last
            last = position
            for _ in 0..<difference >> Self.remainderBits { writer.write(1, bits: 1) }
            writer.write(0, bits: 1)
            writer.write(
                difference & (1 << Self.remainderBits - 1), bits: Self.remainderBits)
        }
        bytes = writer.bytes
    }

    /// A set that a peer sent; refused when the bytes do not hold exactly `count` values.
    public init(count: Int, bytes: [UInt8]) throws(WireError) {
        self.count = count
        self.bytes = bytes
        guard Self.positions(count: count, bytes: bytes) != nil else { throw .invalid("set") }
    }

    /// Whether `value` is (or, with probability 1/1,024, seems to be) in the set.
    public func contains(_ value: UInt64) -> Bool {
        let position = value.multipliedFullWidth(by: UInt64(count) << Self.remainderBits).high
        return Self.positions(count: count, bytes: bytes)?.contains(position) ?? false
    }

    private static func positions(count: Int, bytes: [UInt8]) -> [UInt64]? {
        var reader = BitReader(bytes)
        var positions: [UInt64] = []
        var last: UInt64 = 0
        let end = UInt64(count) << remainderBits
        for _ in 0..<count {
            var difference: UInt64 = 0
            while true {
                guard let bit = reader.read(bits: 1) else { return nil }
                if bit == 0 { break }
                difference += 1 << remainderBits
                guard last + difference < end else { return nil }
            }
            guard let rest = reader.read(bits: remainderBits) else { return nil }
            last += difference + rest
            guard last < end else { return nil }
            positions.append(last)
        }
        return reader.isAtPaddedEnd ? positions : nil
    }
}

private struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var used: UInt64 = 8

    mutating func write(_ value: UInt64, bits: UInt64) {
        for shift in (0..<bits).reversed() {
            if used == 8 {
                bytes.append(0)
                used = 0
            }
            bytes[bytes.count - 1] |= UInt8(value >> shift & 1) << UInt8(7 - used)
            used += 1
        }
    }
}

private struct BitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func read(bits: UInt64) -> UInt64? {
        guard position + Int(bits) <= bytes.count * 8 else { return nil }
        var value: UInt64 = 0
        for _ in 0..<bits {
            value = value << 1 | UInt64(bytes[position >> 3] >> UInt8(7 - position & 7) & 1)
            position += 1
        }
        return value
    }

    var isAtPaddedEnd: Bool {
        guard bytes.count * 8 - position < 8 else { return false }
        var rest = self
        return (rest.read(bits: UInt64(bytes.count * 8 - position)) ?? 0) == 0
    }
}
