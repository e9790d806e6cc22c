/// What layers without weights tell a model: the text that stands before a conversation, put
/// together from their fields, the same bytes on every node.
///
/// Fields hold no line breaks and no control characters, so a field cannot begin a line of its own.
/// The exact form stands in `docs/formats/guidance.md`.
public enum Guidance {
    /// The text of a layer's sections; empty where they say nothing.
    public static func text(of json: JSONObject, type: LayerType) -> String {
        let lines =
            switch type {
            case .specialization: specialization(json["specialization"])
            case .communication: communication(json["style"], json["contextAwareness"])
            case .assembly: persona(json["assembly"]?["persona"])
            default: [String]()
            }
        return lines.joined(separator: "\n")
    }

    /// Texts one behind the other, a blank line between; those that are empty leave no trace.
    public static func joined(_ texts: [String]) -> String {
        texts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// The tools of a specialization as chat templates expect functions, in the manifest's order.
    /// They are told to the model and never run here.
    public static func tools(of json: JSONObject) -> [JSONValue] {
        (json["specialization"]?["tools"]?.array ?? []).map { tool in
            let none: JSONValue = ["type": "object", "properties": [:]]
            return [
                "type": "function",
                "function": [
                    "name": .string(text(tool["name"])),
                    "description": .string(text(tool["purpose"])),
                    "parameters": tool["parameters"] ?? none,
                ],
            ]
        }
    }

    private static func specialization(_ section: JSONValue?) -> [String] {
        var lines: [String] = []
        if let domain = section?["domain"]?.string { lines.append("Field: \(domain).") }
        let methods = (section?["methodology"]?.array ?? []).compactMap(\.string)
        if !methods.isEmpty { lines.append("Approaches: \(methods.joined(separator: "; ")).") }
        let tools = section?["tools"]?.array ?? []
        if !tools.isEmpty { lines.append("Tools:") }
        for tool in tools {
            let purpose = tool["purpose"]?.string.map { ": \($0)" } ?? ""
            let call = tool["interface"]?.string.map { " (\($0))" } ?? ""
            lines.append("- \(text(tool["name"]))\(purpose)\(call)")
        }
        for workflow in section?["workflows"]?.array ?? [] {
            lines.append("Procedure \(text(workflow["name"])):")
            let steps = (workflow["steps"]?.array ?? []).compactMap(\.string)
            lines += steps.enumerated().map { "\($0.offset + 1). \($0.element)" }
        }
        return lines
    }

    private static func communication(_ style: JSONValue?, _ context: JSONValue?) -> [String] {
        var lines: [String] = []
        if let tone = style?["communicationStyle"]?.string { lines.append("Style: \(tone).") }
        let traits = (style?["personality"]?.array ?? []).map { trait in
            "\(text(trait["trait"])) \(text(trait["degree"]))"
        }
        if !traits.isEmpty { lines.append("Traits, 0 to 1: \(traits.joined(separator: ", ")).") }
        for audience in style?["audienceAdaptation"]?.array ?? [] {
            lines.append("For \(text(audience["audience"])): \(text(audience["guidance"]))")
        }
        let patterns = (style?["languagePatterns"]?.array ?? []).compactMap(\.string)
        if !patterns.isEmpty { lines.append("Turns of phrase:") }
        lines += patterns.map { "- \($0)" }
        let minded = [
            ("situationalAdaptation", "Mind the situation."),
            ("emotionalIntelligence", "Mind feelings."),
            ("culturalSensitivity", "Mind culture."),
            ("professionalContext", "Mind the workplace."),
        ]
        lines += minded.filter { context?[$0.0]?.bool == true }.map(\.1)
        return lines
    }

    private static func persona(_ persona: JSONValue?) -> [String] {
        var lines = [persona?["identity"], persona?["style"]].compactMap { $0?.string }
        let goals = (persona?["goals"]?.array ?? []).compactMap(\.string)
        if !goals.isEmpty { lines.append("Goals:") }
        return lines + goals.map { "- \($0)" }
    }

    private static func text(_ value: JSONValue?) -> String { value?.string ?? "" }
}
