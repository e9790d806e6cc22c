import Genome
import Learn
import Testing

@Suite("A hostile template")
struct TemplateLimitsTests {
    private func refusal(
        _ source: String, _ variables: JSONObject = JSONObject(),
        limits: TemplateLimits = TemplateLimits()
    ) -> String {
        let error = #expect(throws: LearnError.self) {
            try ChatTemplate(source).render(variables, limits: limits)
        }
        return error?.description ?? ""
    }

    @Test(
        "gets no more text than its limit",
        arguments: [
            "{{ 'A' * 10000000 }}", "{{ 'A' * 9223372036854775807 }}", "{{ 'A'.ljust(10**8) }}",
            "{{ 'A'|center(10**8) }}", "{{ 'A'|indent(10**9, true) }}", "{{ '%099999999d' % 1 }}",
            "{% for i in range(100000) %}{{ 'A' * 1000 }}{% endfor %}",
            """
            {% set ns = namespace(s='A') %}{% for i in range(99) %}{% set ns.s = ns.s ~ \
            ns.s %}{% endfor %}
            """,
            """
            {% set ns = namespace(s='A') %}{% for i in range(99) %}{% set ns.s = ns.s + \
            ns.s %}{% endfor %}
            """,
            "{% set x = 'A' * 1000000 %}{{ x.replace('A', x) }}",
            "{{ ('A' * 1000)|join('B' * 100000) }}",
            """
            {% set ns = namespace(l=['A' * 99]) %}{% for i in range(40) %}{% set ns.l = \
            [ns.l, ns.l] %}{% endfor %}{{ ns.l }}
            """,
            """
            {% set ns = namespace(l=['A' * 99]) %}{% for i in range(40) %}{% set ns.l = \
            [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson }}
            """,
        ])
    func text(source: String) { #expect(refusal(source).contains("bytes of text")) }

    @Test(
        "gets no more steps than its limit",
        arguments: [
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
            "{{ [0] * 9999999999 }}",
            "{% set x = 'a' * 999999 %}{% for i in range(99999) %}{{ x|length }}{% endfor %}",
            "{% set x = ' ' * 999999 %}{% for i in range(99999) %}{{ x|trim }}{% endfor %}",
            "{% set x = ' ' * 999999 %}{% for i in range(99999) %}{{ x|int }}{% endfor %}",
            "{% set x = range(99999) %}{% for i in range(99999) %}{% set y = x|sum %}{% endfor %}",
            "{% set x = [''] * 99999 %}{% for i in range(99999) %}{{ ''.join(x) }}{% endfor %}",
            "{% set x = 'a' * 999999 %}{% for i in range(99999) %}{{ [][x] }}{% endfor %}",
            "{{ ('x' * 1000000)|list|map('upper')|list|length ~ ([0] * 9999999) }}",
            """
            {% set ns = namespace(l=[0]) %}{% for i in range(99) %}{% set ns.l = ns.l + \
            ns.l %}{% endfor %}
            """,
            """
            {% set ns = namespace(l=['A']) %}{% for i in range(99) %}{% set ns.l = [ns.l, \
            ns.l] %}{% endfor %}{{ ns.l == [[]] }}{% set ns.m = ['A'] %}{% for i in \
            range(99) %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ ns.l == ns.m }}
            """,
            """
            {% set x = 'a' * 999999 %}{% for i in range(99999) %}{% set y = x.upper() %}{% \
            endfor %}
            """,
            "{% set x = 'a' * 999999 %}{% for i in range(99999) %}{{ 'b' in x }}{% endfor %}",
            """
            {% set x = ('a' * 500000) ~ 'b' %}{{ (('a' * 900000) ~ 'c').find(x) }}{% for i \
            in range(999999) %}{% endfor %}
            """,
        ])
    func steps(source: String) {
        // The ordinary limit takes seconds in a debug build.
        var limits = TemplateLimits()
        limits.steps /= 16
        let refusal = refusal(source, limits: limits)
        #expect(refusal.contains("steps") || refusal.contains("range"), "\(refusal)")
    }

    @Test(
        "cannot exhaust the stack",
        arguments: [
            "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
            """
            {% macro f(x) %}{% for i in [1] %}{{ f([x, (1, x)]) }}{% endfor %}{% endmacro \
            %}{{ f(1) }}
            """,
            "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
            """
            {% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] \
            %}{% endfor %}
            """,
            """
            {% set ns = namespace(l={}) %}{% for i in range(9999) %}{% set ns.l = {'a': \
            ns.l} %}{% endfor %}
            """,
            """
            {% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = \
            ns.l|batch(1)|list %}{% endfor %}{{ ns.l[0] }}{% set ns.l = [] %}{% for i in \
            range(9999) %}{% set ns.l = [ns.l.index] %}{% endfor %}
            """,
            "{% macro f() %}{% call f() %}{{ caller() }}{% endcall %}{% endmacro %}{{ f() }}",
        ])
    func stack(source: String) {
        let refusal = refusal(source)
        #expect(refusal.contains("levels") || refusal.contains("inside each other"), "\(refusal)")
    }

    @Test("leaves nothing behind, even where it ties its values in circles")
    func circles() throws {
        let source = """
            {% set ns = namespace() %}{% set ns.me = ns %}{% macro f() %}{{ f }}{% endmacro %}
            {% set ns.f = f %}{% for i in range(5000) %}{% set other = namespace(last=ns.other) %}\
            {% set ns.other = other %}{% macro g() %}{{ ns }}{% endmacro %}\
            {% set ns.g = g %}{% endfor %}ok
            """
        let chat = try ChatTemplate(source).render(JSONObject())
        #expect(chat.text.hasSuffix("ok"))
    }

    @Test("reaches nothing but values")
    func sandbox() {
        for source in [
            "{{ ''.__class__ }}", "{{ ''['__class__'] }}", "{{ ''|attr('__class__') }}",
            "{{ [''] | map(attribute='__class__') | list }}", "{{ range.__globals__ }}",
            "{{ namespace.__init__ }}", "{{ '{0.__class__}'.format(1) }}",
            "{{ '{0[0]}'.format([1]) }}",
            "{{ cycler.__init__.__globals__ }}", "{{ loop.__class__ }}", "{{ [].append(1) }}",
            "{{ {}.update({}) }}", "{{ strftime_now('%Y') }}", "{% include '/etc/passwd' %}",
            "{% import 'os' as os %}", "{{ lipsum() }}", "{{ self.x() }}", "{{ request.x }}",
        ] {
            #expect(!refusal(source).isEmpty)
        }
    }

    @Test("is itself no longer than its limit")
    func source() {
        #expect(throws: LearnError.self) {
            try ChatTemplate(String(repeating: "a", count: TemplateLimits.sourceBytesMax + 1))
        }
    }

    @Test("works within limits of one's own")
    func own() {
        var limits = TemplateLimits()
        limits.steps = 10
        #expect(
            refusal("{% for i in range(99) %}{% endfor %}", limits: limits).contains("10 steps"))
        limits = TemplateLimits()
        limits.textBytes = 3
        #expect(refusal("abcd", limits: limits).contains("3 bytes of text"))
    }
}
