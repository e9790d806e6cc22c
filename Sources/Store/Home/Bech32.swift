/// Bech32 text of bytes (BIP 173, without its length limit), the form of age keys.
enum Bech32 {
    private static let digits = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

    /// Lower-case text with `prefix`, separator, data and checksum.
    static func encode(prefix: String, _ bytes: [UInt8]) -> String {
        var groups = regroup(bytes, from: 8, to: 5) ?? []
        let check = checksum(expanded(prefix) + groups + [0, 0, 0, 0, 0, 0])
        for shift: UInt32 in [25, 20, 15, 10, 5, 0] {
            groups.append(UInt8((check ^ 1) >> shift & 31))
        }
        return prefix + "1" + String(decoding: groups.map { digits[Int($0)] }, as: UTF8.self)
    }

    /// The bytes of a text of one case with this lower-case prefix; nil for anything else.
    static func decode(prefix: String, _ text: String) -> [UInt8]? {
        let lower = text.lowercased()
        guard text == lower || text == text.uppercased(), lower.hasPrefix(prefix + "1") else {
            return nil
        }
        var groups: [UInt8] = []
        for digit in lower.utf8.dropFirst(prefix.utf8.count + 1) {
            guard let value = digits.firstIndex(of: digit) else { return nil }
            groups.append(UInt8(value))
        }
        guard groups.count >= 6, checksum(expanded(prefix) + groups) == 1 else { return nil }
        return regroup(Array(groups.dropLast(6)), from: 5, to: 8)
    }

    private static func expanded(_ prefix: String) -> [UInt8] {
        prefix.utf8.map { $0 >> 5 } + [0] + prefix.utf8.map { $0 & 31 }
    }

    private static func checksum(_ groups: [UInt8]) -> UInt32 {
        let generator: [UInt32] = [
            0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3,
        ]
        var value: UInt32 = 1
        for group in groups {
            let top = value >> 25
            value = (value & 0x1ff_ffff) << 5 ^ UInt32(group)
            for (bit, term) in generator.enumerated() where top >> UInt32(bit) & 1 == 1 {
                value ^= term
            }
        }
        return value
    }

    /// Cuts a bit stream anew; towards bytes, left-over bits must be zero and fewer than five.
    private static func regroup(_ input: [UInt8], from: UInt32, to: UInt32) -> [UInt8]? {
        var pending: UInt32 = 0
        var pendingBits: UInt32 = 0
        var output: [UInt8] = []
        for value in input {
            pending = (pending << from | UInt32(value)) & 0xfff
            pendingBits += from
            while pendingBits >= to {
                pendingBits -= to
                output.append(UInt8(pending >> pendingBits & (1 << to - 1)))
            }
        }
        if to == 5 {
            if pendingBits > 0 { output.append(UInt8(pending << (5 - pendingBits) & 31)) }
            return output
        }
        guard pendingBits < 5, pending & (1 << pendingBits - 1) == 0 else { return nil }
        return output
    }
}
