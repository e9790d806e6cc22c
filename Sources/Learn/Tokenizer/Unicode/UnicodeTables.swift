/// What Unicode says about every scalar, from tables of our own: the standard library's move with
/// the compiler, and a moved table moves the ids of a text.
public struct UnicodeTables: Sendable {
    /// The Unicode version, and the version of the program whose view of it the tables hold.
    public static let version = UnicodeCategoryData.version

    /// The tables, unpacked at first use.
    static let shared = UnicodeTables()

    /// Code points, surrogates among them.
    static let scalarCount = 0x110000

    /// Category numbers by code point.
    let categories: [UInt8]
    /// Traits by code point.
    let traits: [UInt16]

    private init() {
        var categories = [UInt8](repeating: 0, count: Self.scalarCount)
        var traits = [UInt16](repeating: 0, count: Self.scalarCount)
        let byCategory = GeneralCategory.allCases.map(\.traits.rawValue)
        Self.forEachRun(UnicodeCategoryData.categories) { range, value in
            guard value < byCategory.count else { return }
            for scalar in range {
                categories[scalar] = UInt8(value)
                traits[scalar] = byCategory[value]
            }
        }
        let sets: [(String, ScalarTraits)] = [
            (UnicodeCategoryData.words, .word), (UnicodeCategoryData.rustWords, .plainWord),
            (UnicodeCategoryData.oldPunctuation, .punctuation),
            (UnicodeCategoryData.digits, .digit), (UnicodeCategoryData.accents, .accent),
        ]
        for (text, trait) in sets {
            Self.forEachRun(text) { range, value in
                guard value == 1 else { return }
                for scalar in range { traits[scalar] |= trait.rawValue }
            }
        }
        for range in Self.whiteSpace {
            for scalar in range { traits[scalar] |= ScalarTraits.space.rawValue }
        }
        for scalar in [0x0a, 0x0d] { traits[scalar] |= ScalarTraits.lineEnd.rawValue }
        self.categories = categories
        self.traits = traits
    }

    /// The property White_Space, which has not changed since Unicode 6.3.
    private static let whiteSpace: [ClosedRange<Int>] = [
        0x09...0x0d, 0x20...0x20, 0x85...0x85, 0xa0...0xa0, 0x1680...0x1680, 0x2000...0x200a,
        0x2028...0x2029, 0x202f...0x202f, 0x205f...0x205f, 0x3000...0x3000,
    ]

    /// The traits of one scalar.
    func traits(of scalar: UInt32) -> ScalarTraits {
        ScalarTraits(rawValue: traits[Int(scalar)])
    }

    /// Goes through a table of value and length.
    static func forEachRun(_ text: String, _ body: (Range<Int>, Int) -> Void) {
        var numbers = PackedNumbers(text)
        var start = 0
        while !numbers.isAtEnd {
            let value = numbers.next()
            let end = min(start + numbers.next(), scalarCount)
            body(start..<end, value)
            start = end
        }
    }

    /// Goes through a table of scalars with the scalars they become.
    static func forEachMapping(_ text: String, _ body: (UInt32, [UInt32]) -> Void) {
        var numbers = PackedNumbers(text)
        var scalar = 0
        while !numbers.isAtEnd {
            scalar += numbers.next()
            var outputs: [UInt32] = []
            var last = scalar
            for _ in 0..<numbers.next() {
                last += numbers.nextSigned()
                outputs.append(UInt32(truncatingIfNeeded: last))
            }
            body(UInt32(truncatingIfNeeded: scalar), outputs)
        }
    }
}
