import Wire

/// A few bits of each module that an adapter changes, by which near copies are told: bit k of a
/// module is the sign of `zₖ · B A xₖ` for fixed vectors of signs.
///
/// The bits depend on the product `B A` alone, so factors that were turned into each other, scaled
/// or stored in other types make the same ones, and two products differ in about as many bits as
/// the angle between them is a part of a half turn (Charikar 2002, "Similarity estimation
/// techniques from rounding algorithms"). `Learn` computes them; comparing them is here.
public struct WeightsSketch: Equatable, Sendable {
    /// Bits of a module.
    public static let bitCount = 128

    /// Longest sketch in bytes: 100,000 modules with paths of 256 bytes.
    public static let bytesMax = 32 << 20

    /// The bits of one module.
    public struct Module: Equatable, Sendable {
        /// Its path in the base.
        public let path: String
        /// Bits 0 to 63, the first lowest.
        public let low: UInt64
        /// Bits 64 to 127.
        public let high: UInt64

        /// A module's bits.
        public init(path: String, low: UInt64, high: UInt64) {
            self.path = path
            self.low = low
            self.high = high
        }

        /// Bits that differ.
        func difference(to other: Module) -> Int {
            (low ^ other.low).nonzeroBitCount + (high ^ other.high).nonzeroBitCount
        }
    }

    /// The modules in ascending order of their paths. One whose product is zero has no bits and is
    /// left out.
    public let modules: [Module]

    /// A sketch; of two modules with one path the first counts.
    public init(_ modules: [Module]) {
        var seen: Set<String> = []
        self.modules = modules.filter { seen.insert($0.path).inserted }
            .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// The bytes that are kept: a byte 1 for the version, a varint count, then each path, as varint
    /// byte count and bytes, with bits 0 to 63 and 64 to 127, 8 bytes each, highest byte first.
    public func encode() -> [UInt8] {
        var writer = Writer(reserving: 8 + modules.count * 80)
        writer.write(UInt8(1))
        writer.writeVarint(UInt64(modules.count))
        for module in modules {
            writer.writeText(module.path)
            for word in [module.low, module.high] { writer.write(word) }
        }
        return writer.bytes
    }

    /// The sketch of kept bytes; nil unless they are exactly what `encode` writes.
    public init?(bytes: [UInt8]) {
        guard bytes.count <= Self.bytesMax else { return nil }
        do throws(WireError) {
            var reader = Reader(bytes)
            guard try reader.readUInt8() == 1 else { return nil }
            let count = try reader.readCount(limit: 100_000, "modules")
            var modules: [Module] = []
            for _ in 0..<count {
                let path = try reader.readText(limit: 4_096, "path")
                let low = try reader.readUInt64()
                let high = try reader.readUInt64()
                modules.append(Module(path: path, low: low, high: high))
            }
            try reader.finish()
            self.init(modules)
        } catch {
            return nil
        }
        guard encode() == bytes else { return nil }
    }
}

/// How alike two sketches are.
public struct Likeness: Equatable, Sendable {
    /// Modules that both change.
    public let common: Int
    /// Modules that the smaller one changes.
    public let smaller: Int
    /// Mean part of the bits of common modules that differ, signs aside: 0 for one product and its
    /// multiples, near a half for products that have nothing in common.
    public let distance: Double
    /// The same with signs: 0 for one product and its positive multiples, 1 for its negative ones.
    public let difference: Double

    /// Mean part of differing bits up to which two are near copies. Chosen from what was measured:
    /// docs/decisions/0012-near-copies-by-the-signs-of-products.md.
    public static let distanceMax = 0.25

    /// The same where less than `modulesMin` modules are common: of single modules of strangers
    /// one in a hundred comes within a quarter, none within this.
    public static let distanceMaxOfFew = 0.15

    /// Modules from which chance evens out.
    public static let modulesMin = 4

    /// The likeness of two sketches.
    public init(_ left: WeightsSketch, _ right: WeightsSketch) {
        var (index, other) = (0, 0)
        var bits = 0
        var signed = 0
        var common = 0
        while index < left.modules.count, other < right.modules.count {
            let (one, two) = (left.modules[index], right.modules[other])
            if one.path == two.path {
                // Turning the sign of an adapter makes no other adapter.
                let count = one.difference(to: two)
                bits += min(count, WeightsSketch.bitCount - count)
                signed += count
                common += 1
                index += 1
                other += 1
            } else if one.path.utf8.lexicographicallyPrecedes(two.path.utf8) {
                index += 1
            } else {
                other += 1
            }
        }
        self.common = common
        smaller = min(left.modules.count, right.modules.count)
        distance = common == 0 ? 0.5 : Double(bits) / Double(common * WeightsSketch.bitCount)
        difference = common == 0 ? 0.5 : Double(signed) / Double(common * WeightsSketch.bitCount)
    }

    /// Whether one is a near copy of the other: enough of the smaller one is in both, and it is
    /// near.
    public var isNear: Bool { isEnough(distance) }

    /// Whether the two turn the modules that both change nearly the same way.
    public var isSameDirection: Bool { isEnough(difference) }

    /// Whether the two turn the modules that both change nearly opposite ways.
    public var isOppositeDirection: Bool { isEnough(1 - difference) }

    private func isEnough(_ distance: Double) -> Bool {
        common > 0 && common * 2 >= smaller
            && distance <= (common < Self.modulesMin ? Self.distanceMaxOfFew : Self.distanceMax)
    }

    /// The cosine of the angle between the products with their signs: −1 to 1.
    public var directionCosine: Double {
        difference <= 0.5 ? Self.cosine(difference) : -Self.cosine(1 - difference)
    }

    /// The cosine of the angle between the products that the distance stands for, in hundredths:
    /// what people are told.
    public var percent: Int { Int((Self.cosine(min(distance, 0.5)) * 100).rounded()) }

    /// cos(πd) for d up to a half, by its series: no library of functions is at hand here.
    private static func cosine(_ distance: Double) -> Double {
        let angle = Double.pi * distance
        var (term, sum) = (1.0, 1.0)
        for step in 1...12 {
            term *= -angle * angle / Double((2 * step - 1) * (2 * step))
            sum += term
        }
        return sum
    }
}
