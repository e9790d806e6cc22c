/// Random numbers by counter: number n of a seed is the same whatever was drawn before, so nothing
/// has to be saved to go on. Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy
/// as 1, 2, 3").
public struct CounterRandom: Sendable {
    /// What numbers are drawn for; different purposes of one seed are independent.
    public enum Purpose: UInt32, Sendable {
        /// The choice of a token.
        case sampling = 1
        /// Which elements a merge leaves out.
        case pruning = 2
        /// The order in which a training comes by its examples.
        case order = 3
        /// First values of factors that are trained.
        case factors = 4
        /// Elements that training leaves out.
        case dropout = 5
    }

    private let key: (UInt32, UInt32)
    private let purpose: UInt32

    /// The numbers of a seed for a purpose.
    public init(seed: UInt64, purpose: Purpose) {
        key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        self.purpose = purpose.rawValue
    }

    /// A number in [0, 1) with 53 bits.
    public func uniform(_ counter: UInt64, lane: UInt32 = 0) -> Double {
        let words = Self.philox(
            [
                UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32),
                purpose, lane,
            ], key: key)
        let bits = UInt64(words[0]) << 32 | UInt64(words[1])
        return Double(bits >> 11) * 0x1p-53
    }

    /// Ten rounds over four counter words.
    static func philox(_ counter: InlineArray<4, UInt32>, key: (UInt32, UInt32)) -> [UInt32] {
        var words = counter
        var key = key
        for _ in 0..<10 {
            let first = UInt64(words[0]) * 0xD251_1F53
            let second = UInt64(words[2]) * 0xCD9E_8D57
            words = [
                UInt32(truncatingIfNeeded: second >> 32) ^ words[1] ^ key.0,
                UInt32(truncatingIfNeeded: second),
                UInt32(truncatingIfNeeded: first >> 32) ^ words[3] ^ key.1,
                UInt32(truncatingIfNeeded: first),
            ]
            key.0 &+= 0x9E37_79B9
            key.1 &+= 0xBB67_AE85
        }
        return [words[0], words[1], words[2], words[3]]
    }
}
