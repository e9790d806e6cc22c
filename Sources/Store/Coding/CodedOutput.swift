/// Where an encoder writes: fixed memory that is never left.
struct CodedOutput {
    let base: UnsafeMutablePointer<UInt8>
    let capacity: Int
    private(set) var count = 0

    init(_ base: UnsafeMutablePointer<UInt8>, capacity: Int) {
        self.base = base
        self.capacity = capacity
    }

    /// Where the next byte goes.
    var next: UnsafeMutablePointer<UInt8> { base + count }
    var room: Int { capacity - count }

    mutating func put(_ byte: UInt8) throws(CodingError) {
        guard room >= 1 else { throw .tooLong }
        base[count] = byte
        count += 1
    }

    /// Seven bits a byte, the low ones first (LEB128).
    mutating func put(number: Int) throws(CodingError) {
        var rest = UInt32(truncatingIfNeeded: number)
        while rest > 127 {
            try put(UInt8(truncatingIfNeeded: rest | 128))
            rest >>= 7
        }
        try put(UInt8(rest))
    }

    mutating func put(_ bytes: UnsafePointer<UInt8>, _ length: Int) throws(CodingError) {
        guard room >= length else { throw .tooLong }
        next.update(from: bytes, count: length)
        count += length
    }

    /// Takes over bytes that were written behind `next`.
    mutating func advance(_ length: Int) { count += length }

    /// Goes back to where an attempt began.
    mutating func rewind(to count: Int) { self.count = count }

    /// Bytes of a number.
    static func length(of number: Int) -> Int {
        number < 1 << 7 ? 1 : number < 1 << 14 ? 2 : number < 1 << 21 ? 3 : number < 1 << 28 ? 4 : 5
    }
}
