import Genome

/// A chat as a model reads it.
public struct RenderedChat: Hashable, Sendable {
    /// The text. Beginning and end of text stand in it already where the template puts them.
    public let text: String
    /// Which characters, counted in code points, the assistant said, where the template marks them
    /// with `{% generation %}`.
    public let generated: [Range<Int>]
}

/// A chat template: a program in the language of Jinja that turns a conversation into text.
///
/// It comes with a model from strangers, so it runs in an interpreter that knows values and
/// nothing else: no files, no clock, no attributes of objects, and a bound on everything.
public struct ChatTemplate: Sendable {
    private let statements: [TemplateStatement]

    /// The template of a text.
    public init(_ source: String) throws(LearnError) {
        do {
            statements = try TemplateParser.parse(source)
        } catch {
            throw .template(error)
        }
    }

    /// What the template gives with these variables.
    public func render(
        _ variables: JSONObject, limits: TemplateLimits = TemplateLimits(),
        now: TemplateDate? = nil
    ) throws(LearnError) -> RenderedChat {
        let machine = TemplateMachine(limits: limits, now: now)
        do {
            var values: [String: TemplateValue] = [:]
            for member in variables.members {
                values[member.name] = try machine.value(of: member.value)
            }
            let text = try machine.render(statements, values)
            return RenderedChat(text: text, generated: machine.generated)
        } catch {
            throw .template(error)
        }
    }

    /// A conversation as the model's authors want it written, with the variables that
    /// Transformers gives a template. `now` is what `strftime_now` tells; without it a template
    /// that asks for the date fails.
    public func renderChat(
        messages: JSONValue, tools: JSONValue? = nil, addGenerationPrompt: Bool,
        specialTokens: [String: String] = [:], now: TemplateDate? = nil,
        extra: JSONObject = JSONObject(), limits: TemplateLimits = TemplateLimits()
    ) throws(LearnError) -> RenderedChat {
        var variables = JSONObject()
        for (name, text) in specialTokens.sorted(by: { $0.key < $1.key }) {
            variables[name] = .string(text)
        }
        for member in extra.members { variables[member.name] = member.value }
        variables["messages"] = messages
        variables["tools"] = tools ?? .null
        variables["documents"] = variables["documents"] ?? .null
        variables["add_generation_prompt"] = .bool(addGenerationPrompt)
        return try render(variables, limits: limits, now: now)
    }
}

extension TemplateMachine {
    /// A JSON value as a template sees it.
    func value(of json: JSONValue) throws(TemplateFault) -> TemplateValue {
        switch json {
        case .null: return .none
        case .bool(let value): return .bool(value)
        case .integer(let value): return .integer(Int(value))
        case .double(let value): return .float(value)
        case .string(let text): return .string(text)
        case .array(let items):
            var values: [TemplateValue] = []
            for item in items { values.append(try value(of: item)) }
            return try made(values)
        case .object(let object):
            var members: [(String, TemplateValue)] = []
            for member in object.members {
                members.append((member.name, try value(of: member.value)))
            }
            try spend(members.count * 2)
            return .dictionary(TemplateDictionary(names: members))
        }
    }
}
