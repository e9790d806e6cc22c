import Foundation

/// Rules about what a room may use, and where unchecked code may stand.
enum LayerRules {
    /// What each room may import. Nothing points up.
    static let imports: [String: Set<String>] = [
        "Wire": ["CSodium", "CKernels"],
        "Genome": ["Wire", "Swift"],
        "Swarm": ["Wire", "Genome"],
        "Host": ["CLinux", "Glibc"],
        "Store": ["Wire", "Genome", "Host", "CZstd", "CSQLite"],
        "Learn": ["Wire", "Genome", "Host", "CKernels"],
        "Node": [
            "Wire", "Genome", "Swarm", "Host", "Store", "Learn", "Foundation", "Simulator",
        ],
    ]

    static func check(_ file: SourceFile) -> [Violation] {
        importing(file) + unchecked(file) + trapping(file)
    }

    private static func importing(_ file: SourceFile) -> [Violation] {
        guard let room = file.room, room != "C" else { return [] }
        return file.code.enumerated().compactMap { index, line in
            let words = line.split(separator: " ").map { String($0) }
            guard let keyword = words.firstIndex(of: "import"), keyword < 3,
                words[..<keyword].allSatisfy({ $0.hasPrefix("@") || $0 == "public" }),
                let module = words.last?.split(separator: ".").first.map({ String($0) })
            else { return nil }
            let isAllowed = imports[room]?.contains(module) ?? false
            let rule = "\(room) may not import \(module)"
            return isAllowed ? nil : Violation(path: file.path, line: index + 1, rule: rule)
        }
    }

    private static func unchecked(_ file: SourceFile) -> [Violation] {
        guard file.room != nil else { return [] }
        let isHost = file.room == "Host"
        let mayPoint =
            isHost || Exceptions.bridges.contains(file.path)
            || file.path.hasPrefix("Sources/Learn/Tensor/")
            || file.path.hasPrefix("Sources/Store/Coding/")
        let sendable = ["@unchecked Sendable", "nonisolated(unsafe)", "@preconcurrency"]
        let pointers = [
            "Unsafe", "withUnsafe", "OpaquePointer", "Unmanaged", "unsafeBitCast",
        ]
        return file.code.enumerated().flatMap { index, line -> [Violation] in
            var found: [String] = []
            if !isHost { found += sendable.filter { line.contains($0) } }
            if !mayPoint { found += pointers.filter { line.contains($0) }.prefix(1) }
            return found.map {
                Violation(path: file.path, line: index + 1, rule: "\($0) may not stand here")
            }
        }
    }

    /// Force unwraps, `try!`, `as!` and `fatalError` stop a node at something the world did.
    private static func trapping(_ file: SourceFile) -> [Violation] {
        guard file.room != nil else { return [] }
        return file.code.enumerated().compactMap { index, line in
            let words = ["try!", " as! ", "fatalError("].filter { line.contains($0) }
            let rule = words.first ?? (hasForceUnwrap(line) ? "force unwrap" : nil)
            return rule.map {
                Violation(path: file.path, line: index + 1, rule: "\($0) outside tests")
            }
        }
    }

    private static func hasForceUnwrap(_ line: String) -> Bool {
        let characters = Array(line)
        for (index, character) in characters.enumerated() where character == "!" && index > 0 {
            let before = characters[index - 1]
            let after = index + 1 < characters.count ? characters[index + 1] : " "
            let isPostfix = before.isLetter || before.isNumber || ")]\"_".contains(before)
            if isPostfix && after != "=" { return true }
        }
        return false
    }
}
