/// What a decoder reads: every step is checked against the end.
struct CodedInput {
    private let base: UnsafePointer<UInt8>
    private let count: Int
    private(set) var position = 0

    init(_ base: UnsafePointer<UInt8>, count: Int) {
        self.base = base
        self.count = count
    }

    var rest: Int { count - position }
    var isAtEnd: Bool { position == count }

    mutating func byte() throws(CodingError) -> UInt8 {
        guard rest >= 1 else { throw .malformed("they end early") }
        defer { position += 1 }
        return base[position]
    }

    /// A number to 2^32 in seven bits a byte, with no byte more than it needs.
    mutating func number() throws(CodingError) -> Int {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 35, by: 7) {
            let next = try byte()
            value |= UInt64(next & 127) << shift
            guard next < 128 else { continue }
            guard value <= UInt32.max, next != 0 || shift == 0 else { break }
            return Int(value)
        }
        throw .malformed("a number is not in its shortest form")
    }

    mutating func bytes(_ length: Int) throws(CodingError) -> UnsafePointer<UInt8> {
        guard length <= rest else { throw .malformed("they end early") }
        defer { position += length }
        return base + position
    }
}
