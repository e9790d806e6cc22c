import Testing

/// Each rule fires on a planted violation and stays silent on its honest neighbour.
@Suite("The rules of the house")
struct RuleTests {
    private func rules(_ text: String, _ path: String = "Sources/Genome/Thing.swift") -> [String] {
        let file = SourceFile(path: path, text: text)
        return (ShapeRules.check(file) + LayerRules.check(file) + ProseRules.check(file))
            .map(\.rule)
    }

    @Test("long files, functions and lines are found")
    func lengths() {
        let long = String(repeating: "let a = 1\n", count: 501)
        #expect(rules(long) == ["501 lines, the limit is 500"])
        #expect(rules(String(repeating: "let a = 1\n", count: 500)).isEmpty)
        let body = String(repeating: "        work()\n", count: 69)
        let function = "    func f() {\n\(body)    }\n"
        #expect(rules(function) == ["function of 71 lines, the limit is 70"])
        #expect(rules("    private init(a: Int) {\n\(body)    }\n").count == 1)
        let wide = "let a = \"" + String(repeating: "x", count: 91) + "\""
        #expect(rules(wide) == ["101 columns, the limit is 100"])
    }

    @Test("empty names are found")
    func names() {
        #expect(
            rules("", "Sources/Wire/StringUtils.swift") == ["the name StringUtils says nothing"])
        #expect(rules("", "Sources/Wire/Common/A.swift") == ["the name Common says nothing"])
        #expect(rules("", "Sources/Wire/Commons/A.swift").isEmpty)
    }

    @Test("notes to self and commented-out code are found")
    func leftovers() {
        #expect(rules("// TO" + "DO: later").count == 1)
        #expect(rules("/// FIX" + "ME").count == 1)
        #expect(rules("// let a = 1") == ["code commented out"])
        #expect(rules("// if there is one, it is kept.").isEmpty)
    }

    @Test("imports that point up or outside are found")
    func imports() {
        #expect(rules("import Store") == ["Genome may not import Store"])
        #expect(rules("import Foundation") == ["Genome may not import Foundation"])
        #expect(rules("import Glibc", "Sources/Store/A.swift") == ["Store may not import Glibc"])
        #expect(
            rules("import Dispatch", "Sources/Node/A.swift") == ["Node may not import Dispatch"])
        #expect(rules("@preconcurrency import Wire").contains("@preconcurrency may not stand here"))
        #expect(rules("import Wire").isEmpty)
        #expect(rules("import Foundation", "Sources/Node/A.swift").isEmpty)
        #expect(rules("import Glibc", "Sources/Host/A.swift").isEmpty)
        #expect(rules("import Foundation", "Tests/WireTests/A.swift").isEmpty)
    }

    @Test("unchecked code is found outside its places")
    func unchecked() {
        #expect(rules("final class A: @unchecked Sendable {}").count == 1)
        #expect(rules("nonisolated(unsafe) var a = 1").count == 1)
        #expect(rules("let a: UnsafeRawPointer").count == 1)
        #expect(rules("a.withUnsafeBytes { $0 }").count == 1)
        #expect(rules("let a: UnsafeRawPointer", "Sources/Host/A.swift").isEmpty)
        #expect(rules("let a: UnsafeRawPointer", Exceptions.bridges[0]).isEmpty)
        #expect(rules("nonisolated(unsafe) var a = 1", "Sources/Host/A.swift").isEmpty)
    }

    @Test("traps are found outside tests")
    func traps() {
        #expect(rules("let a = b!") == ["force unwrap outside tests"])
        #expect(rules("let a = b[0]!.c") == ["force unwrap outside tests"])
        #expect(rules("try! f()").count == 1)
        #expect(rules("let a = b as! C").count == 1)
        #expect(rules("fatalError(\"x\")").count == 1)
        #expect(rules("if !a && b != c { f(\"Hello!\") } // so!").isEmpty)
        #expect(rules("let a = b!", "Tests/WireTests/A.swift").isEmpty)
    }

    @Test("public symbols without documentation are found")
    func documentation() {
        #expect(rules("public struct A {}") == ["public without a doc comment"])
        #expect(rules("/// A.\npublic struct A {}").isEmpty)
        #expect(rules("/// A.\n@inlinable\npublic func a() {}").isEmpty)
        #expect(rules("public extension A {}").isEmpty)
    }

    @Test("places outside the repository are found")
    func outside() {
        #expect(rules("// see ../sha" + "red/x").count == 1)
        #expect(rules("let a = \"/wo" + "rk/x\"").count == 1)
        #expect(rules("// issue" + " #7").count == 1)
    }

    @Test("sources without a twin are found")
    func twins() {
        let source = SourceFile(path: "Sources/Wire/Names/Digest.swift", text: "")
        let test = SourceFile(path: "Tests/WireTests/Names/DigestTests.swift", text: "")
        let other = SourceFile(path: "Tests/StoreTests/Names/DigestTests.swift", text: "")
        let topic = SourceFile(path: "Sources/Wire/Names/Digest+Text.swift", text: "")
        func twins(_ files: [SourceFile], _ exceptions: [String: String] = [:]) -> [Violation] {
            ProseRules.twins(files, exceptions: exceptions, roomsLeftOut: [])
        }
        #expect(twins([source, topic, test]).isEmpty)
        #expect(twins([source, other]).count == 1)
        #expect(twins([source], [source.path: "why"]).isEmpty)
    }

    @Test("prose and text literals are not code")
    func blanking() {
        let file = SourceFile(
            path: "a.swift", text: "let a = \"b!\" // c!\nlet d = \"\"\"\n  e!\n  \"\"\"\nlet f = 1"
        )
        #expect(file.code.allSatisfy { !$0.contains("!") })
        #expect(file.code[4] == "let f = 1")
    }
}
