/// Rules about documentation, test twins and references to the outside.
enum ProseRules {
    static func check(_ file: SourceFile) -> [Violation] { undocumented(file) + outside(file) }

    /// Every public declaration has a doc comment above it.
    private static func undocumented(_ file: SourceFile) -> [Violation] {
        guard file.room != nil else { return [] }
        let code = file.code
        return code.enumerated().compactMap { index, line in
            let words = line.split(separator: " ").map { String($0) }
            guard words.first == "public" || words.first == "open",
                !words.dropFirst().starts(with: ["extension"]), !isConformance(words)
            else { return nil }
            var above = index - 1
            while above >= 0, isAttribute(file.lines[above]) { above -= 1 }
            let isDocumented =
                above >= 0 && file.lines[above].drop { $0 == " " }.hasPrefix("///")
            let rule = "public without a doc comment"
            return isDocumented ? nil : Violation(path: file.path, line: index + 1, rule: rule)
        }
    }

    private static func isAttribute(_ line: String) -> Bool {
        line.drop { $0 == " " }.hasPrefix("@")
    }

    /// `public import` names a module, not a symbol of ours.
    private static func isConformance(_ words: [String]) -> Bool {
        words.count > 1 && words[1] == "import"
    }

    /// The repository stands alone: nothing names a place outside of it.
    static func outside(_ file: SourceFile) -> [Violation] {
        let places = ["/sha" + "red/", "../sha" + "red", "/wo" + "rk/", "field-no" + "tes"]
        let issue = "issue" + " #"
        return file.lines.enumerated().compactMap { index, line in
            let place = (places + [issue]).first { line.contains($0) }
            return place.map {
                Violation(path: file.path, line: index + 1, rule: "names \($0), which is outside")
            }
        }
    }

    /// Every source has a test file of its name, except those listed with a reason. A file of a
    /// type's topic, `Type+Topic.swift`, may be covered by the tests of the type.
    static func twins(
        _ files: [SourceFile], exceptions: [String: String] = Exceptions.withoutTwin,
        roomsLeftOut: Set<String> = Exceptions.roomsWithoutTwins
    ) -> [Violation] {
        let tests = files.filter(\.isTest).map(\.path)
        return files.compactMap { file in
            guard let room = file.room, room != "C", !roomsLeftOut.contains(room) else {
                return nil
            }
            let type = file.name.split(separator: "+").first.map { String($0) } ?? file.name
            let isThere = tests.contains { path in
                path.hasPrefix("Tests/\(room)Tests/")
                    && [file.name, type].contains { path.hasSuffix("/\($0)Tests.swift") }
            }
            guard !isThere, exceptions[file.path] == nil else { return nil }
            let rule = "has no test twin \(room)Tests/…/\(file.name)Tests.swift"
            return Violation(path: file.path, line: 1, rule: rule)
        }
    }

    /// An exception for a file that is gone or has a twin by now is itself untidy.
    static func staleExceptions(_ files: [SourceFile]) -> [Violation] {
        let untwinned = Set(twins(files, exceptions: [:], roomsLeftOut: []).map(\.path))
        return Exceptions.withoutTwin.keys.filter { !untwinned.contains($0) }.sorted().map {
            Violation(path: $0, line: 1, rule: "no exception needed any more")
        }
    }
}
