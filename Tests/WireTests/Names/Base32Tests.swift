import Testing
import Wire

@Suite struct Base32Tests {
    @Test func `the published examples in lower case without padding`() {
        let cases = [
            ("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foob", "mzxw6yq"),
            ("fooba", "mzxw6ytb"), ("foobar", "mzxw6ytboi"),
        ]
        for (plain, text) in cases {
            #expect(Base32.encode(Array(plain.utf8)) == text)
            #expect(Base32.decode(text) == Array(plain.utf8))
        }
    }

    @Test(arguments: ["mz", "MY", "m1", "my======", "mzxr", "a", "mzx"])
    func `texts that encode could not have made are refused`(text: String) {
        #expect(Base32.decode(text) == nil)
    }
}
