import Testing

@testable import Wire

@Suite struct SetSketchTests {
    private static func salt(_ byte: UInt8) -> SketchSalt {
        SketchSalt(bytes: [UInt8](repeating: byte, count: 16))!
    }

    /// Two sets that share `common` items and have some of their own.
    private struct Pair {
        let theirs: Set<UInt64>
        let ours: Set<UInt64>

        init(common: Int, theirs: Int, ours: Int, seed: UInt64) {
            var state = seed
            func items(_ count: Int) -> [UInt64] {
                (0..<count).map { _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return (state ^ state >> 29) &* 0x9e37_79b9_7f4a_7c15
                }
            }
            let shared = items(common)
            self.theirs = Set(shared + items(theirs))
            self.ours = Set(shared + items(ours))
        }

        func sketches(_ salt: SketchSalt) -> (theirs: SetSketch, ours: SetSketch) {
            var (first, second) = (SetSketch(salt), SetSketch(salt))
            for item in theirs { first.add(item) }
            for item in ours { second.add(item) }
            return (first, second)
        }

        func expect(_ found: SetSketch.Difference?, _ location: SourceLocation) {
            #expect(
                found.map { Set($0.theirs) } == theirs.subtracting(ours),
                sourceLocation: location)
            #expect(
                found.map { Set($0.ours) } == ours.subtracting(theirs),
                sourceLocation: location)
        }
    }

    private func difference(
        _ pair: Pair, _ count: Int, _ byte: UInt8
    ) -> SetSketch.Difference? {
        let salt = Self.salt(byte)
        let (theirs, ours) = pair.sketches(salt)
        return SetSketch.difference(
            of: Array(theirs.symbols.prefix(count)), from: ours.symbols.prefix(count),
            salt: salt)
    }

    @Test(arguments: [(0, 0), (1, 0), (0, 1), (3, 4), (500, 500), (2_700, 0), (0, 2_700)])
    func `what two sets do not share comes out, both ways`(_ theirs: Int, _ ours: Int) {
        let pair = Pair(common: 2_000, theirs: theirs, ours: ours, seed: UInt64(theirs + 7))
        pair.expect(difference(pair, SetSketch.symbolsMax, 1), #_sourceLocation)
    }

    @Test func `192 symbols tell a hundred items in 200 of 200 tries`() {
        for seed in 0..<200 {
            let pair = Pair(common: 300, theirs: 50, ours: 50, seed: UInt64(seed + 1))
            pair.expect(difference(pair, 192, UInt8(seed)), #_sourceLocation)
        }
    }

    @Test func `a hundred items take one and a half times as many symbols`() {
        var total = 0
        for seed in 0..<40 {
            let pair = Pair(common: 50, theirs: 100, ours: 0, seed: UInt64(seed + 900))
            let salt = Self.salt(UInt8(seed))
            let (theirs, ours) = pair.sketches(salt)
            total +=
                (100...400).first { count in
                    SetSketch.difference(
                        of: Array(theirs.symbols.prefix(count)), from: ours.symbols.prefix(count),
                        salt: salt) != nil
                } ?? 400
        }
        let mean = Double(total) / 40
        print("symbols for 100 differing items: \(mean) on average")
        #expect((120...165).contains(mean))
    }

    @Test func `too few symbols say so`() {
        let pair = Pair(common: 100, theirs: 400, ours: 0, seed: 3)
        #expect(difference(pair, 192, 1) == nil)
    }

    @Test func `a sketch that follows changes is the sketch of what is left`() {
        let pair = Pair(common: 100, theirs: 60, ours: 0, seed: 5)
        var sketch = SetSketch(Self.salt(9))
        for item in pair.theirs { sketch.add(item) }
        for item in pair.theirs.subtracting(pair.ours) { sketch.remove(item) }
        #expect(sketch.symbols == pair.sketches(Self.salt(9)).ours.symbols)
        #expect(sketch.size == 100)
        #expect(sketch.symbols[0].count == 100)
    }

    @Test func `a symbol has the share of items that it should`() {
        var sketch = SetSketch(Self.salt(4))
        for item in Pair(common: 40_000, theirs: 0, ours: 0, seed: 8).ours { sketch.add(item) }
        for index in [1, 2, 5, 20, 100, 1_000, 3_999] {
            let expected = 40_000 * 2 / Double(index + 2)
            let found = Double(sketch.symbols[index].count)
            #expect(abs(found - expected) < 5 * expected.squareRoot() + 1, "symbol \(index)")
        }
    }

    @Test func `symbols that nobody computed come to an end`() {
        var state: UInt64 = 1
        for count in [1, 2, 17, 300] {
            for _ in 0..<50 {
                let made = (0..<count).map { _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1
                    let item = state >> 3
                    let hash = Self.salt(1).hash(item)
                    return SketchSymbol(
                        sum: item, check: UInt32(truncatingIfNeeded: hash),
                        count: state & 1 == 0 ? 1 : -1)
                }
                let none = [SketchSymbol](repeating: .init(), count: count)
                let found = SetSketch.difference(of: made, from: none, salt: Self.salt(1))
                #expect(found == nil || count == 1)
            }
        }
        let extreme = [SketchSymbol(sum: 1, check: 2, count: .min)]
        #expect(
            SetSketch.difference(
                of: extreme, from: [SketchSymbol(sum: 0, check: 0, count: .max)],
                salt: Self.salt(1)) == nil)
    }
}
