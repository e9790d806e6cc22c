/// Operands drawn by SplitMix64, the same in every run.
struct Draw {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func word() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var hash = state
        hash = (hash ^ hash >> 30) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ hash >> 27) &* 0x94d0_49bb_1331_11eb
        return hash ^ hash >> 31
    }

    mutating func below(_ limit: Int) -> Int { Int(word() % UInt64(limit)) }

    mutating func one<Element>(of elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// What values look like.
    enum Kind: CaseIterable {
        /// About one in size.
        case plain
        /// Exponents all over, without infinities in sums.
        case wide
        /// Products around the smallest normal number.
        case tiny
        case denormal
        /// Infinities, NaN, zeros of both signs and denormals among others.
        case special
    }

    mutating func float(_ kind: Kind) -> Float {
        let word = UInt32(truncatingIfNeeded: word() >> 8)
        switch kind {
        case .plain: return Float(bitPattern: (word & 0x807f_ffff) | 0x3f00_0000)
        case .wide: return Float(bitPattern: (word & 0x9fff_ffff) | 0x2000_0000)
        case .tiny: return Float(bitPattern: (word & 0x83ff_ffff) | 0x1e00_0000)
        case .denormal: return Float(bitPattern: word & 0x807f_ffff)
        case .special:
            let specials: [Float] = [
                .infinity, -.infinity, .nan, 0, -0.0, .leastNonzeroMagnitude,
                -.leastNormalMagnitude, .leastNormalMagnitude.nextDown,
            ]
            let choice = below(24)
            return choice < specials.count ? specials[choice] : float(.plain)
        }
    }

    mutating func half(_ kind: Kind) -> UInt16 {
        let word = UInt16(truncatingIfNeeded: word() >> 8)
        switch kind {
        case .plain, .tiny: return (word & 0x83ff) | 0x3800
        case .wide: return word & 0xbfff
        case .denormal: return word & 0x83ff
        case .special: return word
        }
    }

    mutating func floats(_ count: Int, _ kind: Kind) -> [Float] {
        (0..<count).map { _ in float(kind) }
    }
}
