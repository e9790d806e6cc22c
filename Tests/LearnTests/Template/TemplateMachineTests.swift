import Genome
import Learn
import Testing

@Suite("A running template")
struct TemplateMachineTests {
    private func render(_ source: String, _ variables: JSONObject = JSONObject()) throws -> String {
        try ChatTemplate(source).render(variables).text
    }

    @Test("tells characters that the assistant said")
    func generated() throws {
        let source =
            "é{% generation %}ab{% endgeneration %}😀{% generation %}{{ x }}{% endgeneration %}."
        var variables = JSONObject()
        variables["x"] = "c😀d"
        let chat = try ChatTemplate(source).render(variables)
        #expect(chat.text == "éab😀c😀d.")
        #expect(chat.generated == [1..<3, 4..<7])
    }

    @Test("is told the variables that Transformers gives")
    func chat() throws {
        let template = try ChatTemplate(
            "{{ bos_token }}{{ tools is none }}{{ documents is none }}{{ add_generation_prompt }}"
                + "{{ messages[0].content }}{{ extra }}")
        var extra = JSONObject()
        extra["extra"] = 7
        let chat = try template.renderChat(
            messages: [["role": "user", "content": "Hi"]], addGenerationPrompt: true,
            specialTokens: ["bos_token": "<s>"], extra: extra)
        #expect(chat.text == "<s>TrueTrueTrueHi7")
    }

    @Test("gives the same text every time")
    func repeats() throws {
        let source = "{% set j = joiner() %}{% for i in [1, 2] %}{{ j() }}{{ i }}{% endfor %}"
        let template = try ChatTemplate(source)
        #expect(try template.render(JSONObject()).text == "1, 2")
        #expect(try template.render(JSONObject()).text == "1, 2")
    }

    @Test("takes deep and long values that are honest")
    func honest() throws {
        var variables = JSONObject()
        var deep: JSONValue = 1
        for _ in 0..<120 { deep = [deep] }
        variables["deep"] = deep
        let long = String(repeating: "word ", count: 100_000)
        variables["messages"] = [["role": "user", "content": .string(long)]]
        let text = try render(
            "{{ deep|tojson }}{% for m in messages %}{{ m.content|trim }}{% endfor %}", variables)
        #expect(text.utf8.count == 241 + long.utf8.count - 1)
        let many = JSONValue.array(
            (0..<2_000).map { .object(JSONObject([.init(name: "c", value: .integer($0))])) })
        variables["many"] = many
        let all = try render(
            "{% for m in many[::-1] %}{% if m.c is number and loop.index > 0 %}{{ m.c }}{% endif %}"
                + "{% endfor %}", variables)
        #expect(all.utf8.count == 6_890)
    }
}
