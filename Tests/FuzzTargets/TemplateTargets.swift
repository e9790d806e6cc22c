import Genome
import Learn

extension FuzzTarget {
    static let template: [FuzzTarget] = [chatTemplate]

    private static let seeds = [
        """
        {{ bos_token }}{% for m in messages[::-1] %}{% if loop.first and m.role == 'user' -%}
        {{ '<|' ~ m['role'] ~ '|>' + m.content|trim }}{%-
        elif m.x is defined %}x{% endif %}{% endfor %}
        """,
        "{% set ns = namespace(a=1) %}{% for i in range(3) %}{% set ns.a = ns.a * 2 %}{% endfor %}"
            + "{{ ns.a ** 2 // 3 % 5 }}{{ tools|tojson(indent=2) }}",
        "{% macro f(x, y=2) %}{{ x }}{{ caller() }}{% endmacro %}{% call(i) f(1) %}a{% endcall %}",
        "{{ 'a b c'.split()|map('upper')|join }}{{ '%5.2f|%s' % (1.5, 'x') }}{{ '{}'.format(3) }}",
        "{% generation %}{{ messages|selectattr('role', 'eq', 'user')|list }}{% endgeneration %}",
        "{# c #}{% raw %}{{ }}{% endraw %}{% set x %}b{% endset %}{{ x[1:-1:2] }}{{ {1: 2} }}",
    ]

    private static let messages: JSONValue = [
        ["role": "user", "content": "Hello"], ["role": "assistant", "content": ["type": "text"]],
    ]

    /// A template may give any text or refuse; it may not take long, and gives the same twice.
    private static let chatTemplate = FuzzTarget(
        "FuzzTemplate", seeds: seeds.map { Array($0.utf8) }
    ) { input in
        guard let template = try? ChatTemplate(String(decoding: input, as: UTF8.self)) else {
            return
        }
        var limits = TemplateLimits()
        limits.steps = 20_000
        limits.textBytes = 1 << 16
        func chat() -> RenderedChat? {
            try? template.renderChat(
                messages: messages, addGenerationPrompt: true, specialTokens: ["bos_token": "<s>"],
                limits: limits)
        }
        let first = chat()
        precondition(first == chat(), "a template gives two texts")
        precondition(first?.text.utf8.count ?? 0 <= limits.textBytes, "a text beyond its limit")
    }
}
