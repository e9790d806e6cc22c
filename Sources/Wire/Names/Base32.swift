/// Base32 text of bytes (RFC 4648 §6) in lower case without padding: keys and tickets survive
/// being read aloud, double-clicked and put into a host name.
public enum Base32 {
    private static let digits = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    /// Eight digits for five bytes, the last group shortened.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 8 + 4) / 5)
        var pending: UInt32 = 0
        var pendingBits: UInt32 = 0
        for byte in bytes {
            pending = pending << 8 | UInt32(byte)
            pendingBits += 8
            while pendingBits >= 5 {
                pendingBits -= 5
                text.append(digits[Int(pending >> pendingBits & 31)])
            }
        }
        if pendingBits > 0 {
            text.append(digits[Int(pending << (5 - pendingBits) & 31)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text that `encode` could have made; nil for anything else, also for
    /// left-over bits that are not zero, so that one value has one text.
    public static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count * 5 / 8)
        var pending: UInt32 = 0
        var pendingBits: UInt32 = 0
        for digit in text.utf8 {
            let value: UInt8
            switch digit {
            case 0x61...0x7a: value = digit - 0x61
            case 0x32...0x37: value = digit - 0x32 + 26
            default: return nil
            }
            pending = pending << 5 | UInt32(value)
            pendingBits += 5
            if pendingBits >= 8 {
                pendingBits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> pendingBits))
            }
        }
        let isCanonical = pendingBits < 5 && pending & (1 << pendingBits - 1) == 0
        return isCanonical ? bytes : nil
    }
}
