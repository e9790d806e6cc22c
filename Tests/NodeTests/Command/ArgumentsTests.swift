import Testing

@testable import Node

@Suite("A command line")
struct ArgumentsTests {
    private func parse(_ line: String) throws -> Arguments {
        try Arguments.parse(line.split(separator: " ").map { String($0) })
    }

    private func failure(_ line: String) -> Failure? {
        do {
            _ = try parse(line)
            return nil
        } catch {
            return error as? Failure
        }
    }

    @Test("is a verb, operands and options in any order")
    func reads() throws {
        let share = try parse(
            "share --licence MIT poems --tag a --tag=b --visibility public --json")
        #expect(share.verb.name == "share" && share.operands == ["poems"])
        #expect(share.text("licence") == "MIT" && share.texts("tag") == ["a", "b"])
        #expect(share.isGiven("json") && !share.isGiven("name"))
        #expect(try parse("share x --license MIT").text("licence") == "MIT")
        #expect(try parse("find -- --odd").operands == ["--odd"])
        #expect(try parse("find").operand(0) == nil)
        #expect(try parse("find --wait 5").integer("wait", in: 0...60) == 5)
        #expect(try parse("find --help").isGiven("help"))
        #expect(try parse("fetch -h").isGiven("help"))
    }

    @Test("operands can be names with values, cut at the first sign")
    func assignments() throws {
        let pairs = try parse("quota cache=200G shared=a=b").assignments("CLASS=SIZE")
        #expect(pairs.map(\.name) == ["cache", "shared"])
        #expect(pairs.map(\.value) == ["200G", "a=b"])
        #expect(throws: Failure.self) { try parse("quota cache").assignments("CLASS=SIZE") }
    }

    @Test("an optional value never eats the operand")
    func optionalValue() throws {
        let before = try parse("fetch --accept-licence poems")
        #expect(before.operands == ["poems"] && before.text("accept-licence") == nil)
        #expect(before.isGiven("accept-licence"))
        #expect(try parse("fetch poems --accept-licence MIT").text("accept-licence") == "MIT")
        #expect(try parse("fetch --accept-license=MIT poems").text("accept-licence") == "MIT")
        #expect(try parse("fetch poems --accept-licence --json").isGiven("json"))
    }

    @Test(
        "what is unknown is refused with what is near",
        arguments: [
            ("shrae x", "Did you mean share?"),
            ("share x --licnece MIT", "Did you mean --licence?"),
            ("share x --vis public", "Did you mean --visibility?"),
            ("stat", "Did you mean status?"),
            ("xyzzy", "plasmid --help lists what there is"),
            ("train --xyzzy", "plasmid train --help lists what there is"),
        ])
    func suggests(_ line: String, _ remedy: String) {
        #expect(failure(line)?.code == .usage)
        #expect(failure(line)?.remedy == remedy)
    }

    @Test(
        "what makes no sense is refused",
        arguments: [
            "", "show", "show a b", "share x --name", "share x --name --json", "list --json=1",
            "share x --name a --name b", "fetch -x", "list extra", "show --odd",
        ])
    func refuses(_ line: String) {
        #expect(failure(line)?.code == .usage, "\(line)")
        #expect(failure(line)?.exitCode == 2)
    }

    @Test(
        "what is not built yet is unsupported",
        arguments: [
            "dataset --json", "promote x",
        ])
    func unsupported(_ line: String) {
        #expect(failure(line)?.code == .unsupported)
    }

    @Test("values are checked when they are asked for")
    func values() throws {
        let line = try parse("find --wait x --scope odd")
        #expect(throws: Failure.self) { try line.integer("wait", in: 0...60) }
        #expect(throws: Failure.self) { try line.choice("scope", among: ["global"]) }
        #expect(try line.choice("type", among: ["lora"]) == nil)
        #expect(throws: Failure.self) { try parse("find --wait 61").integer("wait", in: 0...60) }
    }

    @Test("an escape in a word never reaches the terminal")
    func escapes() {
        let failure = failure("\u{1b}[2J")
        #expect(failure != nil && failure?.line.contains("\u{1b}") == false)
    }

    @Test("JSON is wanted even when the rest is wrong")
    func wantsJSON() {
        #expect(Arguments.wantsJSON(["odd", "--json"]))
        #expect(!Arguments.wantsJSON(["find", "--", "--json"]))
    }
}
