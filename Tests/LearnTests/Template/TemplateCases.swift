import Foundation
import Genome
import Learn
import Testing

/// What jinja2, set up as Transformers does, makes of one template with one set of variables.
struct TemplateCase {
    let name: String
    let template: String
    let variables: JSONObject
    /// The text, or nil if jinja2 refuses.
    let text: String?
    /// Characters that the assistant said.
    let generated: [Range<Int>]

    /// The cases of a file that `Tests/Judges/templates.py` has written: `sets` are variables that
    /// several cases share.
    static func read(_ bytes: [UInt8]) throws -> [TemplateCase] {
        let json = try JSONParser.parse(bytes, limits: JSONLimits(bytes: 512 << 20))
        let sets = json["sets"]?.object ?? JSONObject()
        let templates = json["templates"]?.object ?? JSONObject()
        return try (json["cases"]?.array ?? []).map { value in
            var variables = JSONObject()
            if let name = value["set"]?.string { variables = try #require(sets[name]?.object) }
            for member in value["variables"]?.object?.members ?? [] {
                variables[member.name] = member.value
            }
            let name = try #require(value["name"]?.string)
            let shared = value["template"]?.string.flatMap { templates[$0]?.string }
            return TemplateCase(
                name: name, template: try #require(shared ?? value["source"]?.string),
                variables: variables, text: value["text"]?.string,
                generated: (value["generated"]?.array ?? []).compactMap { pair in
                    guard let from = pair.array?.first?.integer, let to = pair.array?.last?.integer
                    else { return nil }
                    return Int(from)..<Int(to)
                })
        }
    }

    /// The date that the judge's clock tells.
    static let now = TemplateDate(year: 2024, month: 7, day: 26, hour: 14, minute: 5, second: 9)

    /// How our interpreter differs, or nil.
    func difference() -> String? {
        do {
            let chat = try ChatTemplate(template).render(variables, now: Self.now)
            guard let text else { return "\(name): refused by jinja2, ours gives \(chat.text)" }
            guard chat.text.utf8.elementsEqual(text.utf8) else {
                return
                    "\(name): expected \(text.debugDescription), got \(chat.text.debugDescription)"
            }
            return chat.generated == generated ? nil : "\(name): generated \(chat.generated)"
        } catch {
            return text == nil ? nil : "\(name): \(error)"
        }
    }
}
