"""Conversations, templates in our own words in the style of each family, and small expressions."""

TOOLS = [
    {"type": "function", "function": {
        "name": "weather", "description": "Tells the weather of a place.\nIn <metric> units & \"quotes\".",
        "parameters": {"type": "object", "required": ["place"], "properties": {
            "place": {"type": "string", "description": "A town"},
            "days": {"type": "integer", "default": 1, "minimum": 0.5},
            "unit": {"type": ["string", "null"], "enum": ["C", "F"]}}}}},
    {"type": "function", "function": {
        "name": "add", "description": "Sums up.", "parameters": {
            "type": "object", "required": [], "properties": {
                "numbers": {"type": "array", "items": {"type": "number"}, "description": "é \U0001F600"}}}}},
]
CALL = {"id": "call00001", "type": "function",
        "function": {"name": "weather", "arguments": {"place": "Zürich", "days": 2}}}
SECOND = {"id": "call00002", "type": "function", "function": {"name": "add", "arguments": {"numbers": [1, 2.5]}}}


def say(role, content, **more):
    return {"role": role, "content": content, **more}


CONVERSATIONS = {
    "one": {"messages": [say("user", "Hello")]},
    "system": {"messages": [say("system", "Be brief."), say("user", " Hi there \n")]},
    "turns": {"messages": [say("system", "Be brief. "), say("user", "Hi"), say("assistant", " Hello! \n"),
                           say("user", "Why?\n\nReally?"), say("assistant", "So."), say("user", "é\U0001F600 <b>&'")]},
    "answered": {"messages": [say("user", "Hi"), say("assistant", "Hello"), say("user", "Bye"),
                              say("assistant", "<think>\nhm\n</think>\n\nBye")]},
    "reasoned": {"messages": [say("user", "1+1?"), say("assistant", "2", reasoning_content="Two ones.\n"),
                              say("user", "2+2?")]},
    "thinking-off": {"messages": [say("user", "Hi")], "enable_thinking": False},
    "tools": {"messages": [say("user", "Weather?")], "tools": TOOLS},
    "called": {"messages": [say("system", "Use tools."), say("user", "Weather?"),
                            say("assistant", "", tool_calls=[CALL]),
                            say("tool", "{\"sky\": \"grey\"}", name="weather", tool_call_id="call00001"),
                            say("assistant", "Grey."), say("user", "Thanks")], "tools": TOOLS},
    "called-no-content": {"messages": [say("user", "Weather?"), say("assistant", None, tool_calls=[CALL]),
                                       say("tool", "grey", name="weather", tool_call_id="call00001")],
                          "tools": TOOLS},
    "two-calls": {"messages": [say("user", "Weather and sum?"), say("assistant", "Wait.", tool_calls=[CALL, SECOND]),
                               say("tool", "grey", name="weather", tool_call_id="call00001"),
                               say("tool", "3.5", name="add", tool_call_id="call00002"),
                               say("assistant", "Grey, 3.5")], "tools": TOOLS},
    "text-arguments": {"messages": [say("user", "Sum?"), say("assistant", "", tool_calls=[
        {"id": "call00003", "type": "function", "function": {"name": "add", "arguments": "{\"numbers\": [1]}"}}]),
        say("tool", "1", name="add", tool_call_id="call00003")], "tools": TOOLS[1:]},
    "parts": {"messages": [say("system", [{"type": "text", "text": "Be brief."}]),
                           say("user", [{"type": "text", "text": "What is "}, {"type": "text", "text": "this?"}])]},
    "picture": {"messages": [say("user", [{"type": "image"}, {"type": "text", "text": "What is this?"}])]},
    "two-users": {"messages": [say("user", "a"), say("user", "b")]},
    "only-system": {"messages": [say("system", "Be brief.")]},
    "empty": {"messages": []},
    "dated": {"messages": [say("user", "Hi")], "date_string": "01 Jan 2025", "custom_tools": None},
    "developer": {"messages": [say("developer", "Obey."), say("user", "Hi")]},
}

STYLES = {
    "chatml": "{% for message in messages %}\n{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] "
              "+ '<|im_end|>' + '\\n' }}\n{% endfor %}\n{% if add_generation_prompt %}\n"
              "{{ '<|im_start|>assistant\\n' }}\n{% endif %}\n",
    "chatml-masked": """{%- for m in messages -%}
{%- if m.role == 'assistant' -%}
<|im_start|>assistant
{% generation %}{{ m.content }}<|im_end|>{% endgeneration %}

{% else -%}
{{ '<|im_start|>' ~ m.role ~ '\\n' ~ m.content ~ '<|im_end|>\\n' }}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif -%}
""",
    "llama2-style": """{% if messages[0]['role'] == 'system' %}{% set rest = messages[1:] %}\
{% set first = '<<SYS>>\\n' + messages[0]['content'].strip() + '\\n<</SYS>>\\n\\n' %}\
{% else %}{% set rest = messages %}{% set first = '' %}{% endif %}
{%- for m in rest %}
    {%- if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}
        {{- raise_exception('roles must alternate') }}
    {%- endif %}
    {%- set content = (first if loop.index0 == 0 else '') + m['content'] %}
    {%- if m['role'] == 'user' %}{{ bos_token + '[INST] ' + content | trim + ' [/INST]' }}
    {%- elif m['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}
{%- endfor %}""",
    "llama3-style": """{{- bos_token }}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}{%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}{%- set date_string = "26 Jul 2024" %}{%- endif %}
{%- endif %}
{%- if not tools is defined %}{%- set tools = none %}{%- endif %}
{#- the system message stands apart #}
{%- if messages and messages[0]['role'] == 'system' %}
    {%- set system = messages[0]['content'] | trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system = "" %}
{%- endif %}
{{- "<|start|>system<|end|>\\n\\n" }}
{%- if tools is not none %}{{- "Environment: ipython\\n" }}{%- endif %}
{{- "Today: " + date_string + "\\n\\n" }}
{%- if tools is not none %}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\\n\\n" }}
    {%- endfor %}
{%- endif %}
{{- system + "<|eot|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start|>' + message['role'] + '<|end|>\\n\\n'+ message['content'] | trim + '<|eot|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("one tool call at a time") }}
        {%- endif %}
        {%- set call = message.tool_calls[0].function %}
        {{- '<|start|>assistant<|end|>\\n\\n{"name": "' + call.name + '", ' }}
        {{- '"parameters": ' }}{{- call.arguments | tojson }}{{- "}<|eot|>" }}
    {%- else %}
        {{- "<|start|>ipython<|end|>\\n\\n" }}
        {%- if message.content is mapping or message.content is iterable %}{{- message.content | tojson }}
        {%- else %}{{- message.content }}{%- endif %}
        {{- "<|eot|>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|start|>assistant<|end|>\\n\\n' }}{%- endif %}
""",
    "qwen3-style": """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}{%- endif %}
    {{- "# Tools\\n<tools>" }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\\n</tools><|im_end|>\\n" }}
{%- elif messages and messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
{%- set ns = namespace(asking=true, last=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.asking and message.role == "user" and message.content is string and not(message.content.startswith('<r>') \
and message.content.endswith('</r>')) %}
        {%- set ns.asking = false %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}{%- set content = message.content %}{%- else %}{%- set content = '' %}{%- endif %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set thought = '' %}
        {%- if message.reasoning_content is string %}
            {%- set thought = message.reasoning_content %}
        {%- elif '</think>' in content %}
            {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {{- '<|im_start|>' + message.role + '\\n' }}
        {%- if loop.index0 > ns.last and (loop.last or (not loop.last and thought)) %}
            {{- '<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
        {%- else %}{{- content }}{%- endif %}
        {%- if message.tool_calls %}
            {%- for tool_call in message.tool_calls %}
                {%- if (loop.first and content) or (not loop.first) %}{{- '\\n' }}{%- endif %}
                {%- if tool_call.function %}{%- set tool_call = tool_call.function %}{%- endif %}
                {{- '<tool_call>\\n{"name": "' + tool_call.name + '", "arguments": ' }}
                {%- if tool_call.arguments is string %}{{- tool_call.arguments }}
                {%- else %}{{- tool_call.arguments | tojson }}{%- endif %}
                {{- '}\\n</tool_call>' }}
            {%- endfor %}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if loop.first or (messages[loop.index0 - 1].role != "tool") %}{{- '<|im_start|>user' }}{%- endif %}
        {{- '\\n<r>\\n' + content + '\\n</r>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}{{- '<|im_end|>\\n' }}{%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}
{%- endif %}
""",
    "mistral-style": """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- set users = loop_messages | selectattr("role", "equalto", "user") | list %}
{%- set ns = namespace(index=0) %}
{%- for message in loop_messages %}
    {%- if not (message.role == "tool" or (message.tool_calls is defined and message.tool_calls is not none)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
            {{- raise_exception("roles must alternate user/assistant/user") }}
        {%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if tools is not none and (message == users[-1]) %}
            {{- "[TOOLS] [" }}
            {%- for tool in tools %}
                {%- set tool = tool.function %}
                {{- '{"type": "function", "function": {' }}
                {%- for key, val in tool.items() if key != "return" %}
                    {%- if val is string %}{{- '"' + key + '": "' + val + '"' }}
                    {%- else %}{{- '"' + key + '": ' + val|tojson }}{%- endif %}
                    {%- if not loop.last %}{{- ", " }}{%- endif %}
                {%- endfor %}
                {{- "}}" }}
                {%- if not loop.last %}{{- ", " }}{%- else %}{{- "]" }}{%- endif %}
            {%- endfor %}
            {{- "[/TOOLS]" }}
        {%- endif %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message.tool_calls is defined and message.tool_calls is not none %}
        {{- "[CALLS] [" }}
        {%- for tool_call in message.tool_calls %}
            {%- set out = tool_call.function|tojson %}
            {{- out[:-1] }}
            {%- if not tool_call.id is defined or tool_call.id|length != 9 %}
                {{- raise_exception("ids have nine characters") }}
            {%- endif %}
            {{- ', "id": "' + tool_call.id + '"}' }}
            {%- if not loop.last %}{{- ", " }}{%- else %}{{- "]" + eos_token }}{%- endif %}
        {%- endfor %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token}}
    {%- elif message["role"] == "tool" %}
        {%- if message.content is defined and message.content.content is defined %}
            {%- set content = message.content.content %}
        {%- else %}{%- set content = message.content %}{%- endif %}
        {{- '[RESULTS] {"content": ' + content|string + ", " }}
        {{- '"call_id": "' + message.tool_call_id + '"}[/RESULTS]' }}
    {%- else %}
        {{- raise_exception("Only user, tool and assistant roles are known!") }}
    {%- endif %}
{%- endfor %}
""",
    "gemma-style": """{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system role') }}\
{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}\
{{ raise_exception('roles must alternate') }}{% endif %}\
{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}\
{{ '<turn>' + role + '\\n' }}{% if message['content'] is string %}{{ message['content'] | trim }}\
{% elif message['content'] is iterable %}{% for item in message['content'] %}{% if item['type'] == 'image' %}\
{{ '<image>' }}{% elif item['type'] == 'text' %}{{ item['text'] | trim }}{% endif %}{% endfor %}{% endif %}\
{{ '<end>\\n' }}{% endfor %}{% if add_generation_prompt %}{{'<turn>model\\n'}}{% endif %}""",
    "phi-style": """{% for message in messages %}{% if message['role'] == 'system' and 'tools' in message and \
message['tools'] is not none %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|tool|>' + message['tools'] }}\
{% else %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endif %}{% endfor %}\
{% if add_generation_prompt %}{{ '<|assistant|>' }}{% else %}{{ eos_token }}{% endif %}""",
    "deepseek-style": """{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}\
{% set ns = namespace(is_first=false, is_tool=false, outputs_first=true, system='') %}\
{%- for message in messages %}{%- if message['role'] == 'system' %}\
{% set ns.system = ns.system + ('\\n\\n' if ns.system else '') + message['content'] %}{%- endif %}{%- endfor %}\
{{ bos_token }}{{ ns.system }}{%- for message in messages %}{%- if message['role'] == 'user' %}\
{%- set ns.is_tool = false -%}{{'<|User|>' + message['content']}}{%- endif %}\
{%- if message['role'] == 'assistant' and message['content'] is none %}{%- set ns.is_tool = false -%}\
{%- for tool in message['tool_calls']%}{%- if not ns.is_first %}\
{{'<|Assistant|><calls><call>' + tool['type'] + '<sep>' + tool['function']['name'] + '\\n' + '```json' + '\\n' + \
tool['function']['arguments']|tojson + '\\n' + '```' + '<end>'}}{%- set ns.is_first = true -%}{%- endif %}{%- endfor %}\
{%- endif %}{%- if message['role'] == 'assistant' and message['content'] is not none %}\
{%- if ns.is_tool %}{{'<outputs end>' + message['content'] + '<eos>'}}{%- set ns.is_tool = false -%}\
{%- else %}{% set content = message['content'] %}{% if '</think>' in content %}\
{% set content = content.split('</think>')[-1] %}{% endif %}{{'<|Assistant|>' + content + '<eos>'}}{%- endif %}\
{%- endif %}{%- if message['role'] == 'tool' %}{%- set ns.is_tool = true -%}{%- if ns.outputs_first %}\
{{'<outputs><output>' + message['content'] + '<end>'}}{%- set ns.outputs_first = false %}{%- else %}\
{{'\\n<output>' + message['content'] + '<end>'}}{%- endif %}{%- endif %}{%- endfor -%}\
{% if ns.is_tool %}{{'<outputs end>'}}{% endif %}\
{% if add_generation_prompt and not ns.is_tool %}{{'<|Assistant|>'}}{% endif %}""",
    "smol-style": """{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}\
{{ '<|im_start|>system\\nYou are small.<|im_end|>\\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\\n' + \
message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}\
{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}""",
    "schema-style": """{%- macro kind(schema, level=0) -%}
    {%- if schema.type is string -%}{{ schema.type }}
    {%- elif schema.type is iterable -%}{{ schema.type | join(" | ") }}
    {%- else -%}any{%- endif -%}
    {%- if schema.items is mapping -%}<{{ kind(schema.items, level + 1) }}>{%- endif -%}
    {%- if schema.properties is mapping -%}
        {{- " {\\n" -}}
        {%- for name, inner in schema.properties | dictsort -%}
            {{- "  " * (level + 1) ~ name }}{{ "" if name in schema.required else "?" }}: {{ kind(inner, level + 1) -}}
            {%- if inner.enum is defined %} of {{ inner.enum }}{% endif -%}
            {%- if inner.default is defined %} = {{ inner.default }}{% endif -%}
            {{- ",\\n" if not loop.last else "\\n" -}}
        {%- endfor -%}
        {{- "  " * level ~ "}" -}}
    {%- endif -%}
{%- endmacro -%}
{%- for tool in tools or [] %}
{%- filter upper %}{{ tool.function.name }}{% endfilter %}({{ kind(tool.function.parameters) }})
// {{ tool.function.description | indent(3) }}
{% else %}
nothing to call
{% endfor %}
{%- for m in messages recursive %}
{%- if m.content is string %}<{{ m.role }}>{{ m.content | replace("\\n", " ") }}
{%- elif m.content %}<{{ m.role }}>{{ loop(m.content) }}
{%- elif m.type == "text" %}[{{ loop.depth }}:{{ m.text }}]{% endif %}
{%- endfor %}""",
}

VARIABLES = {
    "a": 1, "b": 2.5, "s": "Hello World", "t": "  a b\n", "n": None, "yes": True, "no": False,
    "l": [3, 1, 2], "w": ["b", "A", "c", "a"], "d": {"x": 1, "y": [1, 2], "items": "mine", "k k": "v"},
    "m": [{"r": "u", "c": "1", "n": 3}, {"r": "a", "c": "2", "n": 1}, {"r": "u", "c": "3", "n": 2}],
    "e": "é\U0001F600z", "q": "it's", "qq": "say \"it's\"", "empty": "", "deep": {"a": {"b": [{"c": 7}]}},
}

EXPRESSIONS = """
1
-1
1_000
0x1F + 0o17 + 0b11
1.5
2.0
1e3
1e16
1e15
1.5e-5
0.0001
0.00001
123456789.0
1e22
100000000000000000000.0
-0.0
1/3
7 // 2
-7 // 2
7 % -3
-7 % 3
7.5 // 2
-7.5 % 2
2 ** 10
2 ** -1
2 ** 3 ** 2
-2 ** 2
2.0 ** 3
9 ** 0.5
1 + 2 * 3 - 4 / 2
(1 + 2) * 3
True + 1
true and 5
0 or 'x'
none or false
not a
not not a
a and b and s
yes and no or 3
1 < 2 < 3
1 < 2 > 3
1 == 1.0
true == 1
'a' < 'b'
'a' == 'a' != 'b'
[1, 2] < [1, 3]
(1, 2) == (1, 2)
[1] == (1,)
{'a': 1} == {'a': 1.0}
'ell' in s
'x' not in d
'x' in d
3 in l
4 in (1, 2)
not 3 in l
'' in ''
s ~ 1 ~ n ~ 2.0 ~ yes
'a' 'b'
'a' + 'b'
[1] + [2, 3]
(1,) + (2,)
'ab' * 3
3 * 'ab'
[0] * 3
'x' * -1
a if b else c
'p' if no else 'q'
'p' if no
('p' if no) is undefined
1 if a else 2 if b else 3
missing
missing is defined
'skip' if no else (d.x is defined)
d.missing
d.missing is undefined
d['x']
d.x
d['items']
d['k k']
d.y[1]
d.y.0
deep.a.b[0].c
deep['a']['b'][0]['c']
l[0]
l[-1]
l[5] is defined
l[1:]
l[:-1]
l[::-1]
l[::2]
l[-2:]
l[5:]
l[2:0:-1]
l[:100]
s[0]
s[-1]
s[1:4]
s[::-1]
s[:-6]
e[0]
e[1]
e[::-1]
e|length
e|list
(1, 2, 3)[1:]
1, 2
(1,)
()
[]
{}
{'a': [1, none, true, 2.0, 'x']}
{1: 2, none: 3, true: 4}
[q, qq]
['a\\nb\\t\\\\', '\\x07\\u00e9\\u200b']
"it's"
'a\\'b'
'\\x41\\u0042\\103\\q'
d
d|list
d.keys()|list
d.values()|list
d.keys()
d.get('x')
d.get('z')
d.get('z', 5)
d|items|list
d|length
d|dictsort
d|tojson
m|tojson
l|tojson(indent=2)
d|tojson(indent=4)
[]|tojson(indent=2)
{}|tojson(indent=2)
d|tojson(separators=(',', ':'))
d|tojson(sort_keys=true)
e|tojson
e|tojson(ensure_ascii=true)
'<a>&"\\'\\n\\x01\\x7f'|tojson
[1.0, 1e20, 1e-7, none, true]|tojson
{1: 2, none: 3, true: 4, 1.5: 5}|tojson
(1, 2)|tojson
s|upper
s|lower
s|title
s|capitalize
'foo-bar (baz) o\\'neil'|title
'foo-bar o\\'neil'.title()
'ßa'.capitalize()
t|trim
t|trim|length
'xxaxx'|trim('x')
t.strip()
t.lstrip()
t.rstrip()
'xyaxy'.strip('yx')
s.split()
s.split('o')
s.split('o', 1)
'a  b c'.split(none, 1)
s.rsplit('o', 1)
'a,b,,c'.split(',')
s.partition(' ')
s.rpartition('o')
s.partition('z')
'a\\nb\\r\\nc'.splitlines()
'a\\nb'.splitlines(true)
s.startswith('He')
s.startswith(('x', 'H'))
s.endswith('ld')
s.replace('o', '0')
s.replace('o', '0', 1)
s|replace('l', 'L', 2)
'abc'.replace('', '-')
s.find('o')
s.rfind('o')
s.find('zz')
e.find('z')
s.count('l')
'-'.join(['a', 'b'])
'{} and {}'.format(1, 'x')
'{0}{1}{0}'.format('a', 'b')
'{n:>4}|{x:.2f}|{{}}'.format(n=7, x=2.345)
'%s-%d-%5.2f-%r' % ('a', 3, 2.5, 'q')
'%s' % 5
'%05d|%-4s|%x' % (42, 'ab', 255)
'%s, %s!'|format('a', 'b')
'abc'.removeprefix('ab')
'abc'.removesuffix('bc')
'7'.zfill(3)
'-7'.zfill(4)
'ab'.ljust(4) ~ '|'
'ab'.rjust(4, '.')
'ab'.center(5) ~ '|'
'ab'|center(7) ~ '|'
'12'.isdigit()
'a1'.isalnum()
'ab'.isalpha()
' '.isspace()
'AB'.isupper()
'Ab'.islower()
l|length
l|count
l|first
l|last
[]|first is defined
l|sort
l|sort(reverse=true)
w|sort
w|sort(case_sensitive=true)
m|sort(attribute='n')|map(attribute='c')|join
m|sort(attribute='r,n')|map(attribute='c')|list
w|unique|list
w|unique(case_sensitive=true)|list
l|reverse|list
s|reverse
l|join(', ')
l|join
m|join('/', attribute='c')
l|sum
m|sum(attribute='n')
[[1], [2]]|sum(start=[])
l|min
l|max
w|max
m|max(attribute='n')
[]|max is defined
m|map(attribute='c')|list
m|map(attribute='z', default='?')|list
w|map('upper')|list
w|map('replace', 'b', 'B')|join
l|select('odd')|list
l|reject('gt', 1)|list
[0, 1, '', 'x']|select|list
m|selectattr('r', 'equalto', 'u')|map(attribute='c')|list
m|selectattr('r', '==', 'u')|list|length
m|rejectattr('r', 'in', ['u'])|list
m|selectattr('z')|list
m|selectattr('z', 'defined')|list
m|groupby('r')
m|groupby('r')|map('first')|list
l|batch(2)|list
l|batch(2, 0)|list
l|slice(2)|list
(l|map('string')) is sequence
(l|map('string')) is iterable
'yes' if l|select('gt', 5) else 'no'
l|map('string')|first
l|list
s|list|first
'abc'|list
d|map('upper')|list
range(3)
range(3)|list
range(5, 0, -2)|list
range(1, 4)|sum
range(3)[1]
range(10)[-1]
dict(a=1, b=2)
dict([('a', 1)], c=3)
namespace(a=1).a
b|int
'42'|int
'4.7'|int
'x'|int
'x'|int(7)
'ff'|int(0, 16)
none|int
' 12 '|int
'3.5'|float
'x'|float
a|float
'1e3'|float
-5|abs
(-5)|abs
(-2.5)|abs
2.5|round
3.5|round
2.675|round(2)
1.005|round(2)
0.125|round(2)
2.4|round(0, 'ceil')
2.46|round(1, 'floor')
42|round
42.0|round|int
1234.5|round(-2)
'a\\nb\\n\\nc'|indent
'a\\nb'|indent(2, true)
'a\\n\\nb'|indent(1, false, true)
'a\\nb'|indent('> ')
missing|default('z')
none|default('z')
none|default('z', true)
''|d('z', true)
missing|default
missing|length
missing|list
missing|upper
missing|join
missing ~ 'a'
missing == missing
missing == none
not missing
'a' in missing
5|string + 'a'
none|string
[1, 'a']|string
'<a href="x">\\'&'|e
'a b  c'|wordcount
a is number
yes is number
yes is integer
a is integer
b is float
s is string
l is sequence
s is sequence
d is mapping
l is mapping
l is iterable
a is iterable
n is none
n is not none
yes is true
a is true
no is false
yes is boolean
a is odd
a is even
9 is divisibleby 3
9 is divisibleby(2)
a is eq 1
a is ne 1
a is lt 2
a is in l
a is in [2, 3]
's' is lower
'S' is upper
1 is sameas 1
range is callable
s is defined and s is string
a is defined or missing.x
[1, 2, 3][1:][0]
'a.b.c'.split('.')[-1]
(s|lower).split(' ')|map('capitalize')|join('_')
m[-1]['c']
m[::-1][0].c
(m|last).r
[['a', 1], ['b', 2]]|map('first')|join
{'a': 1}.items()|list
{'b': 1, 'a': 2}|dictsort
{'b': 1, 'a': 2}|dictsort(by='value')
{'b': 1, 'A': 2}|dictsort(true)
{'b': 1, 'a': 2}|dictsort(reverse=true)
strftime_now('%Y-%m-%d %H:%M:%S %j %a %A %b %B %p %y %I')
strftime_now('%d %B %Y') ~ '%'
1 ~ 2 ~ 3
'x' if 'a' == 'a' and not 1 > 2 else 'y'
[1 if a else 2, 3]
{'k': 'a' if no else 'b'}
'a'|upper ~ 'b'|upper
-a|abs
'ÀÉ'|lower
'straße'|upper
'\U0001F600é'|length
d.x|string|length
'%d%%' % 5
[none, true, false, 1.0]
(none, 'a')
'A' < 'a'
'é' > 'z'
1.0|string
10 / 5
1 // 0.3
5 % 2.5
'abc'[1:2] ~ 'abc'[10:]
cycler('a', 'b') is defined
[3, 1]|sort|first
'a,b'.split(',')|map('trim')|list
l.index(2)
'<a>'|safe + '<b>'
'<a>' + '<b>'|safe
('<a>'|safe).upper() + '&'
'<a>'|safe ~ '<b>'
['<'|safe]
'<'|safe|e
'<'|e|e
('<'|safe) == '<'
'<'|safe|tojson
('<ab>'|safe)[1:] + '&'
'<'|safe is string
none|selectattr('a')|list
none|map('upper')|list
l.count(1)
(1, 1).count(1)
d.copy() == d
""".strip().split("\n")

BLOCKS = [
    "a\n{% if yes %}\nb\n{% endif %}\nc\n",
    "  {% if yes %}x{% endif %}  \n  {{ a }}  \n",
    "a  {%- if yes -%}  b  {%- endif -%}  c",
    "  {%+ if yes +%}\n x{% endif %}",
    "{# note #}\na{#- b -#} c",
    "a {{- a -}} b",
    "{% for i in l %}{{ loop.index }}:{{ i }}{% if not loop.last %},{% endif %}{% endfor %}",
    "{% for i in l %}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.length }} {% endfor %}",
    "{% for i in l %}{{ loop.previtem is defined }}{{ loop.nextitem|default('-') }} {% endfor %}",
    "{% for i in [] %}x{% else %}none{% endfor %}",
    "{% for i in l if i > 1 %}{{ loop.index }}{{ i }}{% else %}-{% endfor %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for k in d %}{{ k }};{% endfor %}",
    "{% for (a, b), c in [((1, 2), 3)] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for i in l %}{% if i == 1 %}{% continue %}{% endif %}{{ i }}{% endfor %}",
    "{% for i in l %}{% if i == 1 %}{% break %}{% endif %}{{ i }}{% endfor %}",
    "{% for i in l %}{% for j in l %}{% if j == 1 %}{% break %}{% endif %}{{ i }}{{ j }} {% endfor %}{% endfor %}",
    "{% for i in l %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for i in [1, 1, 2] %}{{ loop.changed(i) }} {% endfor %}",
    "{% for c in 'aé' %}[{{ c }}]{% endfor %}",
    "{% for x in [[1, [2]], [3]] recursive %}{{ loop.depth }}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}{% endif %}{% endfor %}",
    "{% set x = 1 %}{% for i in l %}{% set x = i %}{% endfor %}{{ x }}",
    "{% set x = 1 %}{% for i in l %}{{ x }}{% set x = x + i %}{{ x }} {% endfor %}{{ x }}",
    "{% set x = 1 %}{% if yes %}{% set x = 2 %}{% endif %}{{ x }}",
    "{% set ns = namespace(n=0) %}{% for i in l %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}",
    "{% set ns = namespace() %}{% set ns.a = [1] %}{% set ns.a = ns.a + [2] %}{{ ns.a }}{{ ns.b is defined }}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}",
    "{% set x %}a{{ 1 }}{% endset %}{{ x }}{{ x|length }}",
    "{% set x | upper %}abc{% endset %}{{ x }}",
    "{% macro f(x, y=2) %}{{ x }}{{ y }}{% endmacro %}{{ f(1) }}{{ f(1, 3) }}{{ f(y=5, x=4) }}",
    "{% macro f(x) %}{{ x }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(1, 2, z=3) }}",
    "{% macro f(n) %}{% if n > 0 %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}",
    "{% macro f() %}[{{ caller() }}]{% endmacro %}{% call f() %}in{% endcall %}",
    "{% macro f() %}{{ caller(1) }}{{ caller(2) }}{% endmacro %}{% call(i) f() %}<{{ i }}>{% endcall %}",
    "{% macro f(a, b=a) %}{{ b }}{% endmacro %}{{ f(3) }}",
    "{% macro f(x) %}{{ x is defined }}{{ x }}{% endmacro %}{{ f() }}",
    "{% set g = 1 %}{% macro f() %}{{ g }}{% endmacro %}{% set g = 2 %}{{ f() }}",
    "{% macro f() %}{% set g = 9 %}{% endmacro %}{{ f() }}{{ g is defined }}",
    "{% filter upper %}a{{ 'b' }}{% endfilter %}",
    "{% filter replace('a', 'b')|upper %}a{% endfilter %}",
    "{% with x = 1, y = 2 %}{{ x }}{{ y }}{% endwith %}{{ x is defined }}",
    "{% raw %}{{ a }}{% if %}{% endraw %}",
    "{% raw -%}  a  {%- endraw %} b",
    "{%- set x = 1 -%}   {{ x }}   ",
    "{% if a == 2 %}a{% elif a == 1 %}b{% else %}c{% endif %}",
    "{% if missing %}a{% elif no %}b{% else %}c{% endif %}",
    "{{ '{{' }}{{ '}}' }}{{ {'a': {'b': 1}} }}",
    "a\r\nb\rc{% if yes %}\r\nd{% endif %}\n\n",
    "{{ 'x' }}\n",
    "{{ 'x' }}\n\n",
    "\n  {% if yes %}\n  {{ a }}\n  {% endif %}\n  end",
    "\t{# c #}\tx\n {# c #}\n y",
    "{% set c = cycler('a', 'b') %}{{ c.next() if c.next is callable else c }}" if False else "{% set j = joiner('|') %}{% for i in l %}{{ j() }}{{ i }}{% endfor %}",
    "{% set g = l|map('string') %}{{ g|join }}-{{ g|join }}",
    "x{% generation %}ab{% endgeneration %}é{% generation %}{{ s }}{% endgeneration %}",
    "{% for m_ in m %}{{ m_.r }}{% generation %}{{ m_.c }}{% endgeneration %}{% endfor %}",
    "{{ a }}{# {{ b }} {% if %} #}{{ b }}",
    "{% if 'a' in d and d.a or 'x' in d %}t{% endif %}",
    "{% for m_ in m|selectattr('r', 'eq', 'u') %}{{ loop.index }}/{{ loop.length }}{{ m_.c }} {% endfor %}",
    "{% set loop_messages = m[1:] if m[0].r == 'u' else m %}{{ loop_messages|length }}",
    "{% if not (a == 1 and b == 2) %}n{% endif %}",
    "{{ raise_exception('no') if no else 'fine' }}",
    "{% set x = namespace(a={'b': [1, 2]}) %}{{ x.a.b[1] }}",
    "{% for i in range(3) -%}\n  {{ i }}\n{%- endfor %}",
    "{%- for i in l %}\n    {{- i }}\n{%- endfor %}\n",
]

ERRORS = [
    "{{ missing.x }}", "{{ missing() }}", "{{ missing + 1 }}", "{{ 1 + 'a' }}", "{{ 'a' + 1 }}", "{{ 1 / 0 }}",
    "{{ 1 % 0 }}", "{{ n.x.y }}", "{{ [] < 1 }}", "{{ 1 in 5 }}", "{{ 1 in 'a' }}", "{{ 5|length }}", "{{ n|length }}",
    "{{ raise_exception('stop') }}", "{{ ''.__class__.__mro__ }}", "{{ s.__class__.__base__ }}",
    "{{ l.append(1) }}", "{{ d.update({'a': 1}) }}", "{{ d.pop('x') }}", "{{ l.sort() }}",
    "{% set d.z = 1 %}", "{% set ns = namespace() %}{% set ns._a = 1 %}", "{{ namespace(_a=1) }}",
    "{% for i in 5 %}{% endfor %}", "{% for i in n %}{% endfor %}", "{% for a, b in [1] %}{% endfor %}",
    "{% for a, b in [[1, 2, 3]] %}{% endfor %}", "{{ range(1000000) }}", "{{ range(0, 5, 0) }}", "{{ l[::0] }}",
    "{{ l['a':] }}", "{{ {[]: 1} }}", "{{ d|nosuchfilter }}", "{{ d is nosuchtest }}", "{{ 'a'|join(1, 2, 3) }}",
    "{{ range|tojson }}", "{{ missing|tojson }}", "{{ missing|int }}", "{{ '%d' % 'a' }}", "{{ '%s %s' % 'a' }}",
    "{{ '{} {}'.format(1) }}", "{{ d.get() }}", "{{ s.split('') }}", "{{ [1, 'a']|sort }}", "{{ {'a': 1}|sum }}",
    "{% macro f(x) %}{% endmacro %}{{ f(1, 2) }}", "{% macro f(x) %}{% endmacro %}{{ f(y=2) }}",
    "{{ s('a') }}", "{{ 1() }}", "{% if %}{% endif %}", "{% if yes %}", "{% endif %}", "{% for %}{% endfor %}",
    "{% for i in l %}", "{% else %}", "{{ }}", "{{ 1 + }}", "{{ (1 }}", "{{ 1) }}", "{{ [1 }}", "{{ 'a }}", "{{ a", "{% a %}",
    "{# open", "{% raw %}x", "{{ 'a' ~ 1 + 2 }}", "{% set 1 = 2 %}", "{% set x %}", "{% break %}", "{% continue %}", "{% macro %}{% endmacro %}",
    "{% include 'x' %}", "{% import 'x' as y %}", "{% extends 'x' %}", "{{ a b }}", "{{ 1 2 }}", "{{ a.}}",
    "{{ ! }}", "{{ a ? b : c }}", "{{ a && b }}", "{{ $a }}", "{{ a is defined is true }}", "{% unknown %}",
    "{{ f(*a, *b) }}", "{{ f(x=1, 2) }}", "{% call f %}{% endcall %}", "{% generation %}", "{% endgeneration %}",
]
