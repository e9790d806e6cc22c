/// Lowercase and case folding.
struct LetterCase: Sendable {
    /// The tables, unpacked at first use.
    static let shared = LetterCase()

    private let lower: [UInt32: [UInt32]]
    private let folding: [UInt32: UInt32]
    private let unfolding: [UInt32: [UInt32]]

    private init() {
        var lower: [UInt32: [UInt32]] = [:]
        UnicodeTables.forEachMapping(UnicodeCaseData.lower) { lower[$0] = $1 }
        var folding: [UInt32: UInt32] = [:]
        var unfolding: [UInt32: [UInt32]] = [:]
        UnicodeTables.forEachMapping(UnicodeCaseData.folding) { scalar, outputs in
            guard let first = outputs.first else { return }
            folding[scalar] = first
            unfolding[first, default: []].append(scalar)
        }
        self.lower = lower
        self.folding = folding
        self.unfolding = unfolding
    }

    /// Every scalar in lower case by itself, as Rust's `char::to_lowercase` does it: a final
    /// sigma is not told from others.
    func lowercased(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let (value, length) = text.scalar(at: position)
            position += length
            if value < 0x80 {
                result.append(UInt8(value) | ((0x41...0x5a).contains(value) ? 0x20 : 0))
            } else if let outputs = lower[value] {
                for output in outputs { result.append(scalar: output) }
            } else {
                result.append(scalar: value)
            }
        }
        return result
    }

    /// The groups of scalars that fold to the same one.
    var groups: [[UInt32]] { unfolding.map { [$0.key] + $0.value } }

    /// The simple case folding of a scalar.
    func folded(_ scalar: UInt32) -> UInt32 { folding[scalar] ?? scalar }

    /// Every scalar that folds to the same one, itself among them.
    func variants(_ scalar: UInt32) -> [UInt32] {
        let folded = folded(scalar)
        return [folded] + (unfolding[folded] ?? [])
    }
}
