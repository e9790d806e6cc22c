import Testing

@testable import Node

@Suite("The help")
struct HelpTests {
    @Test("fits eighty columns and names every verb")
    func overview() {
        let lines = Help.overview()
        for line in lines { #expect(TextWidth.columns(line) <= 80, "\(line)") }
        for verb in Verbs.all { #expect(lines.contains { $0.contains(verb.name) }) }
    }

    @Test("of each verb has usage, options and an example", arguments: Verbs.all.map(\.name))
    func pages(_ name: String) throws {
        let verb = try #require(Verbs.shape(of: name))
        let lines = Help.page(of: verb)
        for line in lines { #expect(TextWidth.columns(line) <= 80, "\(line)") }
        #expect(lines.contains { $0.hasPrefix("usage: plasmid \(name)") })
        #expect(lines.contains("examples:") && !verb.examples.isEmpty)
        for example in verb.examples { #expect(example.line.hasPrefix("plasmid \(name)")) }
    }

    @Test("is silent about what is not built")
    func silent() {
        for verb in Verbs.all {
            for option in verb.options where !option.isBuilt {
                #expect(!Help.page(of: verb).contains { $0.contains("--\(option.name)") })
            }
        }
        #expect(!Help.overview().contains { $0.contains("quantise") })
    }
}
