import Testing

@testable import Node

@Suite struct ComputeSessionTests {
    @Test func `a weight stands behind the last colon`() throws {
        func split(_ word: String) -> [String] {
            let (name, weight) = ComputeSession.weighted(word)
            return [name, "\(weight)"]
        }
        #expect(split("poems") == ["poems", "1.0"])
        #expect(split("poems:0.5") == ["poems", "0.5"])
        #expect(split("a:b:-2") == ["a:b", "-2.0"])
        #expect(split("a:b") == ["a:b", "1.0"])
        for word in ["a:nan", "a:inf", "a:1e999", "a:", "a:0x"] { #expect(split(word)[0] == word) }
    }

    @Test func `a folder may have a colon in its name`() throws {
        let laboratory = try Laboratory()
        _ = try laboratory.write("x:2/a.txt", "a")
        #expect(ComputeSession.weighted("\(laboratory.path)/x:2").name.hasSuffix("x:2"))
        let (name, weight) = ComputeSession.weighted("\(laboratory.path)/x:2:3")
        #expect(name.hasSuffix("x:2") && weight == 3)
    }

    @Test func `ids are whole numbers with commas`() throws {
        #expect(try TokenList.parse("1,15, 7\n") == [1, 15, 7])
        for text in ["", ",", "1;2", "-1", "1.5", "99999999999999999999"] {
            #expect(throws: Failure.self) { _ = try TokenList.parse(text) }
        }
    }
}
