/// Decompositions, compositions and combining classes; Hangul is arithmetic.
struct NormalisationTables: Sendable {
    /// The tables, unpacked at first use.
    static let shared = NormalisationTables()

    private var canonical: [UInt32: [UInt32]] = [:]
    private var compatible: [UInt32: [UInt32]] = [:]
    private var composites: [UInt64: UInt32] = [:]
    private var classes: [UInt8]
    private var changes: [Bool]

    private static let hangul: UInt32 = 0xac00
    private static let lead: UInt32 = 0x1100
    private static let vowel: UInt32 = 0x1161
    /// One before the first trailing consonant.
    private static let trail: UInt32 = 0x11a7

    private init() {
        classes = [UInt8](repeating: 0, count: UnicodeTables.scalarCount)
        changes = [Bool](repeating: false, count: UnicodeTables.scalarCount)
        var classes = classes
        var changes = changes
        var canonical = canonical
        UnicodeTables.forEachRun(UnicodeDecompositionData.classes) { range, value in
            guard value != 0 else { return }
            for scalar in range {
                classes[scalar] = UInt8(truncatingIfNeeded: value)
                changes[scalar] = true
            }
        }
        UnicodeTables.forEachMapping(UnicodeDecompositionData.canonical) { scalar, parts in
            canonical[scalar] = parts
            changes[Int(scalar)] = true
        }
        var composites = composites
        var seconds: [Int] = []
        UnicodeTables.forEachMapping(UnicodeDecompositionData.composition) { scalar, parts in
            guard parts.count == 2 else { return }
            composites[UInt64(parts[0]) << 32 | UInt64(parts[1])] = scalar
            // The composite alone stays as it is, unless it combines itself.
            if classes[Int(scalar)] == 0 { changes[Int(scalar)] = false }
            seconds.append(Int(parts[1]))
        }
        // The second part of a composite may join what stands before.
        for scalar in seconds { changes[scalar] = true }
        var compatible = compatible
        UnicodeTables.forEachMapping(UnicodeCompatibilityData.compatibility) { scalar, parts in
            compatible[scalar] = parts
        }
        for scalar in 0x1161..<0x1176 { changes[scalar] = true }
        for scalar in 0x11a8..<0x11c3 { changes[scalar] = true }
        self.classes = classes
        self.changes = changes
        self.canonical = canonical
        self.composites = composites
        self.compatible = compatible
    }

    /// The canonical combining class.
    @inline(__always)
    func combiningClass(_ scalar: UInt32) -> UInt8 { classes[Int(scalar)] }

    /// Whether a text with this scalar may differ from its composed form.
    @inline(__always)
    func mayChange(_ scalar: UInt32) -> Bool { changes[Int(scalar)] }

    /// Adds the full decomposition of `scalar` to `result`.
    func decompose(_ scalar: UInt32, _ isCompatible: Bool, into result: inout [UInt32]) {
        if scalar < 0xa0 {
            result.append(scalar)
        } else if scalar >= Self.hangul, scalar < Self.hangul + 11_172 {
            let index = scalar - Self.hangul
            result.append(Self.lead + index / 588)
            result.append(Self.vowel + index % 588 / 28)
            if index % 28 != 0 { result.append(Self.trail + index % 28) }
        } else if isCompatible, let parts = compatible[scalar] {
            result += parts
        } else if let parts = canonical[scalar] {
            result += parts
        } else {
            result.append(scalar)
        }
    }

    /// What two scalars compose to.
    func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if first >= Self.lead, first < Self.lead + 19,
            second >= Self.vowel, second < Self.vowel + 21
        {
            return Self.hangul + ((first - Self.lead) * 21 + second - Self.vowel) * 28
        }
        if first >= Self.hangul, first < Self.hangul + 11_172,
            (first - Self.hangul) % 28 == 0, second > Self.trail, second < Self.trail + 28
        {
            return first + second - Self.trail
        }
        return composites[UInt64(first) << 32 | UInt64(second)]
    }
}
