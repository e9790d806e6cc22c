import Foundation

/// One Swift file of the repository, as text and as lines.
struct SourceFile {
    /// Path from the repository's root.
    let path: String
    /// The lines without their ends.
    let lines: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.components(separatedBy: "\n")
    }

    /// `Sources/Wire/Names/Digest.swift` is in room `Wire`; tests are in none.
    var room: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    var isTest: Bool { path.hasPrefix("Tests/") }

    /// The file's name without `.swift`.
    var name: String {
        String((path.split(separator: "/").last ?? "").dropLast(6))
    }

    /// The lines with comments and the inside of text literals blanked, so that rules about code
    /// do not fire on prose. Good enough for our own formatted code: one line at a time, with
    /// multi-line literals followed across lines.
    var code: [String] {
        var isInsideLiteral = false
        return lines.map { line in
            if isInsideLiteral {
                if line.contains("\"\"\"") { isInsideLiteral = false }
                return ""
            }
            if line.components(separatedBy: "\"\"\"").count == 2 {
                isInsideLiteral = true
                return line.components(separatedBy: "\"\"\"")[0]
            }
            return Self.blanked(line)
        }
    }

    private static func blanked(_ line: String) -> String {
        var result = ""
        var isText = false
        var previous: Character = " "
        var hashes = 0
        for character in line {
            if isText {
                if character == "\"" && (hashes > 0 || previous != "\\") { isText = false }
                previous = previous == "\\" && character == "\\" ? " " : character
                continue
            }
            if character == "\"" {
                isText = true
                hashes = previous == "#" ? 1 : 0
            } else if character == "/" && previous == "/" {
                return String(result.dropLast())
            }
            result.append(character)
            previous = character
        }
        return result
    }
}

/// Something that breaks a rule of the house.
struct Violation: CustomStringConvertible, Equatable {
    let path: String
    let line: Int
    let rule: String

    var description: String { "\(path):\(line): \(rule)" }
}

/// The Swift files under `Sources` and `Tests`.
enum SourceTree {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func files() throws -> [SourceFile] {
        try ["Sources", "Tests"].flatMap { try files(under: $0) } + [try file("Package.swift")]
    }

    /// Every text file that is part of the repository's own prose and scripts.
    static func documents() throws -> [SourceFile] {
        let names = ["README.md", "Package.swift"].filter { exists($0) }
        let folders = ["docs", "bootstrap", ".ci"].filter { exists($0) }
        let inside = try folders.flatMap { try paths(under: $0) }
            .filter { path in
                ["md", "sh", "py", "json", ""].contains((path as NSString).pathExtension)
                    && !path.contains("/sample/")
            }
        return try (names + inside).map { try file($0) }
    }

    private static func files(under folder: String) throws -> [SourceFile] {
        try paths(under: folder).filter { $0.hasSuffix(".swift") }.map { try file($0) }
    }

    private static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    private static func paths(under folder: String) throws -> [String] {
        let base = root.appending(path: folder).path
        return try FileManager.default.subpathsOfDirectory(atPath: base)
            .map { "\(folder)/\($0)" }
            .filter { path in
                var isFolder: ObjCBool = false
                let full = root.appending(path: path).path
                return FileManager.default.fileExists(atPath: full, isDirectory: &isFolder)
                    && !isFolder.boolValue && !path.contains("/.build")
            }.sorted()
    }

    private static func file(_ path: String) throws -> SourceFile {
        let data = try Data(contentsOf: root.appending(path: path))
        return SourceFile(path: path, text: String(decoding: data, as: UTF8.self))
    }
}
