/// Rules about the shape of a file: lengths, names and comments.
enum ShapeRules {
    static let fileLinesMax = 500
    static let functionLinesMax = 70
    static let columnsMax = 100

    static func check(_ file: SourceFile) -> [Violation] {
        length(file) + columns(file) + functions(file) + name(file) + leftovers(file)
    }

    private static func length(_ file: SourceFile) -> [Violation] {
        let count = file.lines.count - 1
        guard count > fileLinesMax else { return [] }
        return [
            Violation(
                path: file.path, line: count, rule: "\(count) lines, the limit is \(fileLinesMax)")
        ]
    }

    private static func columns(_ file: SourceFile) -> [Violation] {
        file.lines.enumerated().filter { $0.element.count > columnsMax }.map { index, line in
            Violation(
                path: file.path, line: index + 1,
                rule: "\(line.count) columns, the limit is \(columnsMax)")
        }
    }

    /// A function ends at the first line that is only its own indentation and a closing brace.
    private static func functions(_ file: SourceFile) -> [Violation] {
        let code = file.code
        var violations: [Violation] = []
        for (index, line) in code.enumerated() where isFunction(line) {
            let indentation = line.prefix { $0 == " " }
            let isOneLine = line.hasSuffix("}") && line.contains("{")
            guard !isOneLine else { continue }
            let rest = code[(index + 1)...]
            guard let end = rest.firstIndex(where: { $0 == indentation + "}" }) else { continue }
            let count = end - index + 1
            if count > functionLinesMax {
                violations.append(
                    Violation(
                        path: file.path, line: index + 1,
                        rule: "function of \(count) lines, the limit is \(functionLinesMax)"))
            }
        }
        return violations
    }

    private static func isFunction(_ line: String) -> Bool {
        let words = line.split { !($0.isLetter || $0 == "@") }.map { String($0) }
        guard let first = words.first else { return false }
        let modifiers: Set<String> = [
            "public", "private", "fileprivate", "internal", "static", "mutating", "consuming",
            "override", "final", "func", "init", "nonisolated", "borrowing", "package",
        ]
        return modifiers.contains(first)
            && (words.contains("func") || words.contains("init") && line.contains("("))
    }

    private static func name(_ file: SourceFile) -> [Violation] {
        let banned = ["Utils", "Util", "Helpers", "Helper", "Manager", "Common", "Misc"]
        return file.path.split { $0 == "/" || $0 == "." }.filter { part in
            banned.contains { part.hasSuffix($0) }
        }.map { part in
            Violation(path: file.path, line: 1, rule: "the name \(part) says nothing")
        }
    }

    /// Notes to self and code that was only commented out.
    private static func leftovers(_ file: SourceFile) -> [Violation] {
        let notes = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK:"]
        let codeEnds = ["{", "}", ")", "();"]
        return file.lines.enumerated().compactMap { index, line in
            if let note = notes.first(where: { line.contains($0) }) {
                return Violation(path: file.path, line: index + 1, rule: "\(note) left behind")
            }
            let text = line.drop { $0 == " " }
            guard text.hasPrefix("// "), !text.hasPrefix("// MARK") else { return nil }
            let comment = String(text.dropFirst(3))
            let starts = ["let ", "var ", "if ", "guard ", "return ", "func ", "for ", "import "]
            let looksLikeCode =
                starts.contains { comment.hasPrefix($0) }
                && (codeEnds.contains { comment.hasSuffix($0) } || comment.contains(" = "))
            return looksLikeCode
                ? Violation(path: file.path, line: index + 1, rule: "code commented out") : nil
        }
    }
}
