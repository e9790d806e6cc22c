/// The four normalisation forms of Unicode (UAX 15).
enum CanonicalForm: String, Sendable {
    case composed = "NFC"
    case decomposed = "NFD"
    case compatibilityComposed = "NFKC"
    case compatibilityDecomposed = "NFKD"

    private var isCompatible: Bool {
        self == .compatibilityComposed || self == .compatibilityDecomposed
    }

    private var composes: Bool { self == .composed || self == .compatibilityComposed }

    /// `text` in this form.
    func apply(to text: [UInt8]) -> [UInt8] {
        // ASCII is in every form, and Latin-1 is composed.
        if text.allSatisfy({ $0 < 0x80 || self == .composed && $0 < 0xcc }) { return text }
        let tables = NormalisationTables.shared
        let given = text.scalars
        if self == .composed, !given.contains(where: { tables.mayChange($0) }) { return text }
        var scalars: [UInt32] = []
        scalars.reserveCapacity(given.count)
        for scalar in given { tables.decompose(scalar, isCompatible, into: &scalars) }
        Self.reorder(&scalars, tables)
        if composes { Self.compose(&scalars, tables) }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        for scalar in scalars { result.append(scalar: scalar) }
        return result
    }

    /// Sorts every run of combining scalars by class, keeping the order of equals.
    private static func reorder(_ scalars: inout [UInt32], _ tables: NormalisationTables) {
        var start = 0
        while start < scalars.count {
            guard tables.combiningClass(scalars[start]) != 0 else {
                start += 1
                continue
            }
            var end = start
            var isSorted = true
            var last: UInt8 = 0
            while end < scalars.count {
                let value = tables.combiningClass(scalars[end])
                if value == 0 { break }
                if value < last { isSorted = false }
                last = value
                end += 1
            }
            if !isSorted {
                // The position breaks ties, since sorting alone promises no order of equals.
                let order = (start..<end).map { (tables.combiningClass(scalars[$0]), $0) }
                    .sorted { $0 < $1 }
                let run = order.map { scalars[$0.1] }
                scalars.replaceSubrange(start..<end, with: run)
            }
            start = end
        }
    }

    private static func compose(_ scalars: inout [UInt32], _ tables: NormalisationTables) {
        var kept = 0
        var starter = -1
        var lastClass: UInt8 = 0
        for index in scalars.indices {
            let scalar = scalars[index]
            let value = tables.combiningClass(scalar)
            let isAdjacent = starter == kept - 1
            if starter >= 0, isAdjacent || lastClass < value && lastClass != 0,
                let whole = tables.composite(scalars[starter], scalar)
            {
                scalars[starter] = whole
                continue
            }
            if value == 0 { starter = kept }
            lastClass = value
            scalars[kept] = scalar
            kept += 1
        }
        scalars.removeLast(scalars.count - kept)
    }
}
