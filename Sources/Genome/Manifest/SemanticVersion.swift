/// A version in the form of Semantic Versioning 2.0.0, at most 32 bytes.
public struct SemanticVersion: Sendable {
    /// Longest version in bytes.
    public static let bytesMax = 32

    /// The text as it was written.
    public let text: String
    /// Major, minor and patch number.
    let core: [UInt64]
    private let prerelease: [Substring]

    /// The version of a text; nil if it is not one.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax else { return nil }
        let plus = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        let dash = plus[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = dash[0].split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count == 3 else { return nil }
        var core: [UInt64] = []
        for number in numbers {
            guard Self.isNumber(number), let value = UInt64(number) else { return nil }
            core.append(value)
        }
        let prerelease =
            dash.count == 2 ? dash[1].split(separator: ".", omittingEmptySubsequences: false) : []
        let build =
            plus.count == 2 ? plus[1].split(separator: ".", omittingEmptySubsequences: false) : []
        for part in prerelease where !Self.isIdentifier(part) || Self.hasLeadingZero(part) {
            return nil
        }
        for part in build where !Self.isIdentifier(part) { return nil }
        self.text = text
        self.core = core
        self.prerelease = prerelease
    }

    /// A version of three numbers; `isFirst` makes it the lowest prerelease of them, `-0`.
    init(core: [UInt64], isFirst: Bool) {
        precondition(core.count == 3)
        self.core = core
        prerelease = isFirst ? ["0"] : []
        text = core.map { String($0) }.joined(separator: ".") + (isFirst ? "-0" : "")
    }

    /// Whether this comes before a release: `1.0.0-rc.1`.
    public var isPrerelease: Bool { !prerelease.isEmpty }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && (text.utf8.count == 1 || text.utf8.first != UInt8(ascii: "0"))
    }

    private static func hasLeadingZero(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } && !isNumber(text)
    }

    private static func isIdentifier(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (0x61...0x7a).contains($0 | 0x20) || (0x30...0x39).contains($0)
                    || $0 == UInt8(ascii: "-")
            }
    }
}

extension SemanticVersion: Comparable {
    /// Precedence (§11 of the standard); build metadata does not count.
    public static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        if left.core != right.core { return left.core.lexicographicallyPrecedes(right.core) }
        if left.prerelease.isEmpty || right.prerelease.isEmpty {
            return !left.prerelease.isEmpty && right.prerelease.isEmpty
        }
        for (a, b) in zip(left.prerelease, right.prerelease) where a != b {
            switch (isNumber(a), isNumber(b)) {
            case (true, true):
                return a.utf8.count == b.utf8.count ? a < b : a.utf8.count < b.utf8.count
            case (let isLeftNumber, let isRightNumber) where isLeftNumber != isRightNumber:
                return isLeftNumber
            default: return a.utf8.lexicographicallyPrecedes(b.utf8)
            }
        }
        return left.prerelease.count < right.prerelease.count
    }

    /// Equal in precedence.
    public static func == (left: SemanticVersion, right: SemanticVersion) -> Bool {
        !(left < right) && !(right < left)
    }
}
