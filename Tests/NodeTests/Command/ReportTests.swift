import Genome
import Testing

@testable import Node

@Suite("A report")
struct ReportTests {
    private final class Lines {
        var out: [String] = []
        var error: [String] = []
    }

    private func report(_ lines: Lines, isJSON: Bool) -> Report {
        Report(
            isJSON: isJSON, writeOut: { lines.out.append($0) },
            writeError: { lines.error.append($0) })
    }

    @Test("is one JSON object on one line, or text")
    func done() {
        let lines = Lines()
        var object = JSONObject()
        object["ok"] = true
        report(lines, isJSON: true).done(object, text: ["fine"])
        report(lines, isJSON: false).done(object, text: ["fine", "indeed"])
        #expect(lines.out == [#"{"ok":true}"#, "fine", "indeed"])
        report(lines, isJSON: true).note("hint")
        #expect(lines.error.isEmpty)
        report(lines, isJSON: false).note("hint")
        #expect(lines.error == ["hint"])
    }

    @Test("a failure is one line on stderr and, for scripts, an object on stdout")
    func failed() {
        let lines = Lines()
        let failure = Failure(.quota, "no room")
        #expect(report(lines, isJSON: true).failed(failure) == 1)
        #expect(report(lines, isJSON: false).failed(Failure(.usage, "what?")) == 2)
        #expect(
            lines.out == [#"{"error":{"code":"quota","do":"","message":"no room","why":""}}"#])
        #expect(lines.error == ["plasmid: no room", "plasmid: what?"])
    }
}
