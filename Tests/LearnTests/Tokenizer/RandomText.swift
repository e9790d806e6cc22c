/// The random strings of `Tests/Judges/tokenizer.py`, made from the same seeds.
struct RandomText {
    private var state: UInt64
    private let fragments: [String]
    private let spaces: [String]

    private init(seed: UInt64, _ fragments: [String], _ spaces: [String]) {
        state = seed
        self.fragments = fragments
        self.spaces = spaces
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    private mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    private static func scalar(_ value: Int) -> Unicode.Scalar {
        Unicode.Scalar(UInt32(value)) ?? "\u{fffd}"
    }

    /// The string of a seed.
    static func make(seed: Int, fragments: [String], spaces: [String]) -> String {
        var source = RandomText(seed: UInt64(seed), fragments, spaces)
        var out = String.UnicodeScalarView()
        for _ in 0..<source.below(14) {
            let kind = source.below(16)
            if kind <= 5 {
                out.append(contentsOf: fragments[source.below(fragments.count)].unicodeScalars)
                continue
            }
            for _ in 0..<(1 + source.below(5)) { source.addOne(kind, to: &out) }
        }
        return String(out)
    }

    private mutating func addOne(_ kind: Int, to out: inout String.UnicodeScalarView) {
        switch kind {
        case 6: out.append(contentsOf: spaces[below(spaces.count)].unicodeScalars)
        case 7: out.append(Self.scalar(0x30 + below(10)))
        case 8: out.append(Self.scalar(0x20 + below(95)))
        case 9: out.append(Self.scalar(0xa0 + below(0xff60)))
        case 10: out.append(Self.scalar(0x4e00 + below(0x5200)))
        case 11: out.append(Self.scalar(below(0x110000)))
        case 12: out.append(Self.scalar(0x1f300 + below(0x400)))
        case 13:
            out.append(Array("aeiou".unicodeScalars)[below(5)])
            out.append(Self.scalar(0x300 + below(0x70)))
        case 14: out.append(Self.scalar(0xc0 + below(0x600)))
        default:
            let letter = 0x41 + below(26)
            out.append(Self.scalar(letter + 32 * below(2)))
        }
    }
}
