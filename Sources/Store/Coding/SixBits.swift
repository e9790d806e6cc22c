/// Values of six bits, 128 of them in 96 bytes: the fourth quarter fills the upper two bits of the
/// other three, so that every step is the same for all bytes. Up to 127 left over take a byte each.
enum SixBits {
    /// Bytes of so many values.
    static func length(of count: Int) -> Int { count / 128 * 96 + count % 128 }

    /// Packs, and gives the bytes.
    static func pack(
        _ values: UnsafePointer<UInt8>, _ count: Int, into target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        for block in 0..<count / 128 {
            let (from, to) = (values + block * 128, target + block * 96)
            for index in 0..<32 {
                let last = from[index + 96]
                to[index] = from[index] | last &<< 6
                to[index + 32] = from[index + 32] | (last &>> 2) &<< 6
                to[index + 64] = from[index + 64] | (last &>> 4) &<< 6
            }
        }
        let whole = count / 128
        (target + whole * 96).update(from: values + whole * 128, count: count % 128)
        return length(of: count)
    }

    /// Unpacks so many values.
    static func unpack(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, into values: UnsafeMutablePointer<UInt8>
    ) {
        for block in 0..<count / 128 {
            let (from, to) = (bytes + block * 96, values + block * 128)
            for index in 0..<32 {
                let (first, second, third) = (from[index], from[index + 32], from[index + 64])
                to[index] = first & 63
                to[index + 32] = second & 63
                to[index + 64] = third & 63
                to[index + 96] = first &>> 6 | (second &>> 6) &<< 2 | (third &>> 6) &<< 4
            }
        }
        let whole = count / 128
        (values + whole * 128).update(from: bytes + whole * 96, count: count % 128)
    }
}
