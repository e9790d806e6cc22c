/// A set of Unicode scalars as sorted ranges that do not touch, with a short cut for ASCII.
struct ScalarSet: Equatable, Sendable {
    /// First scalars of the ranges.
    private(set) var starts: [UInt32] = []
    /// Last scalars of the ranges.
    private(set) var ends: [UInt32] = []
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// The greatest scalar.
    static let last: UInt32 = 0x10ffff

    /// The union of ranges in any order.
    init(_ ranges: [ClosedRange<UInt32>] = []) {
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let end = ends.last, range.lowerBound <= end || range.lowerBound == end + 1 {
                ends[ends.count - 1] = max(end, range.upperBound)
            } else {
                starts.append(range.lowerBound)
                ends.append(range.upperBound)
            }
        }
        for scalar in UInt32(0)..<128 where search(scalar) {
            if scalar < 64 { low |= 1 << UInt64(scalar) } else { high |= 1 << UInt64(scalar - 64) }
        }
    }

    /// The scalars for which `isMember` holds.
    init(where isMember: (Int) -> Bool) {
        var ranges: [ClosedRange<UInt32>] = []
        var start = -1
        for scalar in 0...Int(Self.last) {
            let isIn = isMember(scalar)
            if isIn, start < 0 { start = scalar }
            if !isIn, start >= 0 {
                ranges.append(UInt32(start)...UInt32(scalar - 1))
                start = -1
            }
        }
        if start >= 0 { ranges.append(UInt32(start)...Self.last) }
        self.init(ranges)
    }

    /// The ranges.
    var ranges: [ClosedRange<UInt32>] { starts.indices.map { starts[$0]...ends[$0] } }

    /// Whether `scalar` is in it.
    @inline(__always)
    func contains(_ scalar: UInt32) -> Bool {
        if scalar < 64 { return low >> UInt64(scalar) & 1 == 1 }
        if scalar < 128 { return high >> UInt64(scalar - 64) & 1 == 1 }
        return search(scalar)
    }

    private func search(_ scalar: UInt32) -> Bool {
        var from = 0
        var to = starts.count
        while from < to {
            let middle = (from + to) / 2
            if ends[middle] < scalar { from = middle + 1 } else { to = middle }
        }
        return from < starts.count && starts[from] <= scalar
    }

    /// What is in either.
    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    /// What is not in it.
    var complement: ScalarSet {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= Self.last { result.append(next...Self.last) }
        return ScalarSet(result)
    }

    /// What is in both.
    func intersection(_ other: ScalarSet) -> ScalarSet {
        complement.union(other.complement).complement
    }

    /// With every scalar that differs from a member only in case.
    var closedOverCase: ScalarSet {
        var more: [ClosedRange<UInt32>] = []
        for group in LetterCase.shared.groups where group.contains(where: { contains($0) }) {
            more += group.map { $0...$0 }
        }
        return more.isEmpty ? self : ScalarSet(ranges + more)
    }
}

extension ScalarSet {
    /// The scalars with a trait.
    init(_ trait: ScalarTraits) {
        let traits = UnicodeTables.shared.traits
        self.init { traits[$0] & trait.rawValue != 0 }
    }

    /// The scalars of a property as patterns name it: a general category, a script or one of a
    /// few others. Case, spaces, `-` and `_` do not matter.
    init?(property: String) {
        let name = property.lowercased().filter { !" -_".contains($0) }
        if let categories = GeneralCategory.named(name) {
            let numbers = Set(categories.map(\.rawValue))
            let table = UnicodeTables.shared.categories
            let isWanted = (0..<256).map { numbers.contains(UInt8($0)) }
            self.init { isWanted[Int(table[$0])] }
            return
        }
        switch name {
        case "any": self.init([0...Self.last])
        case "ascii": self.init([0...0x7f])
        case "whitespace", "space": self.init(.space)
        case "word": self.init(.word)
        case "digit": self.init(property: "Nd")
        default:
            let names = UnicodeScriptData.names.split { $0.isWhitespace }.map { $0.lowercased() }
            guard let index = names.firstIndex(of: name) else { return nil }
            var ranges: [ClosedRange<UInt32>] = []
            UnicodeTables.forEachRun(UnicodeScriptData.scripts) { range, value in
                guard value == index + 1, !range.isEmpty else { return }
                ranges.append(UInt32(range.lowerBound)...UInt32(range.upperBound - 1))
            }
            self.init(ranges)
        }
    }
}
