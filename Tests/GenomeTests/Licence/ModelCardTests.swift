import Genome
import Testing

@Suite("A model card")
struct ModelCardTests {
    private func card(_ text: String) -> ModelCard? { ModelCard(markdown: Array(text.utf8)) }

    @Test("tells terms, languages and tags")
    func reads() {
        let card = card(
            """
            ---
            license: cc-by-sa-3.0  # as its text
            language:
            - en
            - "de"
            tags: [lora, 'peft', ]
            base_model: some/base
            model-index:
              - name: x
                license: mit
            license: mit
            ---
            # Title
            """)
        #expect(card?.licence?.description == "CC-BY-SA-3.0")
        #expect(card?.languages == ["en", "de"])
        #expect(card?.tags == ["lora", "peft"])
        #expect(card?.baseModel == "some/base")
    }

    @Test("a licence of its own takes its own name")
    func ownLicence() {
        let card = card("---\r\nlicense: other\r\nlicense_name: my_licence\r\n---\r\n")
        #expect(card?.licence?.description == "LicenseRef-my-licence")
        #expect(self.card("---\nlicense: other\n---\n")?.licence == nil)
        let known = self.card("---\nlicense: other\nlicense_name: mrl\n---\n")
        #expect(known?.licence?.description == "LicenseRef-Mistral-Research")
    }

    @Test(
        "anything but plain words is left alone",
        arguments: [
            "license: *anchor", "license: &a mit", "license: !!python/object x",
            "license: |\n  mit",
            "license: {a: b}", "license: a\u{1b}[2J", " license: mit", "licenses: mit",
        ])
    func leavesAlone(_ line: String) {
        #expect(card("---\n\(line)\n---\n")?.licence == nil)
    }

    @Test(
        "no front matter is no card",
        arguments: ["", "# Title", "---\nlicense: mit", "x\n---\n---\n"])
    func noCard(_ text: String) {
        #expect(card(text) == nil)
    }
}
