/// Changes inputs at random from a seed: flips, overwrites, inserts, removes, repeats and cuts, as
/// a fuzzer without coverage does. The same seed makes the same inputs.
public struct Mutator {
    private var state: UInt64
    private static let interesting: [UInt8] = [
        0x00, 0x01, 0x7f, 0x80, 0xff, 0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x39, 0x5b, 0x5c, 0x5d, 0x7b,
        0x7d,
    ]

    /// A mutator whose choices follow from `seed`.
    public init(seed: UInt64) {
        state = seed | 1
    }

    private mutating func next(below limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return limit <= 1 ? 0 : Int(state >> 1) % limit
    }

    private mutating func byte() -> UInt8 {
        next(below: 3) == 0
            ? UInt8(next(below: 256)) : Self.interesting[next(below: Self.interesting.count)]
    }

    /// A changed copy of one of `seeds`.
    public mutating func mutated(_ seeds: [[UInt8]]) -> [UInt8] {
        var bytes = seeds.isEmpty ? [] : seeds[next(below: seeds.count)]
        for _ in 0...next(below: 4) {
            let place = next(below: bytes.count + 1)
            switch next(below: 7) {
            case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(next(below: 8))
            case 1 where place < bytes.count: bytes[place] = byte()
            case 2: bytes.insert(byte(), at: place)
            case 3 where place < bytes.count:
                bytes.removeSubrange(place..<min(bytes.count, place + 1 + next(below: 8)))
            case 4: bytes.removeSubrange(place...)
            case 5 where place < bytes.count && bytes.count < 65_536:
                let piece = bytes[place..<min(bytes.count, place + 1 + next(below: 32))]
                bytes.insert(contentsOf: piece, at: next(below: bytes.count + 1))
            default:
                let other = seeds.isEmpty ? [] : seeds[next(below: seeds.count)]
                bytes = bytes[..<place] + other.suffix(next(below: other.count + 1))
            }
        }
        return bytes
    }
}
