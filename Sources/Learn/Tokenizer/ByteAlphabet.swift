/// The letters that stand for bytes in byte-level vocabularies: a byte that prints stands for
/// itself, every other for a scalar from U+0100 on.
enum ByteAlphabet {
    /// The scalar of every byte.
    static let scalars: [UInt32] = {
        var result = [UInt32](repeating: 0, count: 256)
        var next: UInt32 = 0x100
        for byte in 0..<256 {
            let prints =
                (0x21...0x7e).contains(byte) || (0xa1...0xac).contains(byte)
                || (0xae...0xff).contains(byte)
            result[byte] = prints ? UInt32(byte) : next
            if !prints { next += 1 }
        }
        return result
    }()

    /// The byte of a scalar, for scalars below U+0144; -1 where there is none.
    private static let bytes: [Int16] = {
        var result = [Int16](repeating: -1, count: 0x144)
        for (byte, scalar) in scalars.enumerated() { result[Int(scalar)] = Int16(byte) }
        return result
    }()

    /// The byte that a scalar stands for.
    static func byte(of scalar: UInt32) -> UInt8? {
        guard scalar < 0x144 else { return nil }
        let byte = bytes[Int(scalar)]
        return byte < 0 ? nil : UInt8(byte)
    }

    /// Text in letters that stand for its bytes.
    static func spelled(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        for byte in bytes { result.append(scalar: scalars[Int(byte)]) }
        return result
    }

    /// The bytes that a token's letters stand for; nil if one of them stands for none.
    static func bytes(spelledBy token: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(token.count)
        var position = 0
        while position < token.count {
            let (value, length) = token.scalar(at: position)
            guard let byte = byte(of: value) else { return nil }
            result.append(byte)
            position += length
        }
        return result
    }
}
