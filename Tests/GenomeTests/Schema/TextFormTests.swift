import Genome
import Testing

@Suite("Forms of text")
struct TextFormTests {
    @Test(
        "accept what they say",
        arguments: [
            (TextForm.plain(max: 3), "abc"), (.date, "2024"), (.date, "2024-02"),
            (.date, "2024-02-29"),
            (.language, "en"), (.language, "pt-BR"), (.licence, "MIT OR Apache-2.0"),
            (.decimal, "0.5"),
            (.hexadecimal(bytes: 1), "0f"), (.version, "1.0.0"), (.path, "a/b"), (.label, "lab"),
        ] as [(TextForm, String)])
    func accepts(_ form: TextForm, _ text: String) {
        #expect(form.accepts(text))
        #expect(!form.rule.isEmpty)
    }

    @Test(
        "refuse the rest",
        arguments: [
            (TextForm.plain(max: 3), "abcd"), (.plain(max: 3), ""), (.plain(max: 9), "a\nb"),
            (.date, "2023-02-29"), (.date, "2024-13"), (.date, "24-01-01"), (.date, "2024-1-1"),
            (.language, "e n"), (.language, "-"), (.licence, "mit"), (.licence, "MIT  OR ISC"),
            (.decimal, "1e5"), (.hexadecimal(bytes: 1), "0F"), (.digest, "00"), (.key, "a"),
            (.name, "a\u{200b}b"), (.path, "../a"),
        ] as [(TextForm, String)])
    func refuses(_ form: TextForm, _ text: String) {
        #expect(!form.accepts(text), "\(text)")
    }
}
