import Genome
import Testing

@testable import Learn

@Suite("What is wrong with a template")
struct TemplateFaultTests {
    @Test("is said in one sentence with its line")
    func sentences() {
        let faults: [TemplateFault] = [
            .notUnderstood(line: 3, "the tag \"x\""), .failed(line: 3, "a division by zero"),
            .raised(line: 3, "no system role"), .forbidden(line: 3, "changing a list"),
            .exceeds(line: 3, limit: "9 steps"),
        ]
        for fault in faults {
            #expect(fault.description.hasPrefix("chat template, line 3"))
            #expect(LearnError.template(fault).description == fault.description)
        }
        #expect(Set(faults.map(\.description)).count == faults.count)
    }

    @Test("names the line where it happened")
    func lines() {
        func line(_ source: String) -> LearnError? {
            #expect(throws: LearnError.self) {
                try ChatTemplate(source).render(JSONObject())
            }
        }
        #expect(line("a\n{{ x.y }}") == .template(.failed(line: 2, "\"x\" is not defined")))
        #expect(line("\n\n{{ raise_exception('no') }}") == .template(.raised(line: 3, "no")))
        #expect(
            line("{% if a %}\n{% bad %}{% endif %}")
                == .template(.notUnderstood(line: 2, "the tag \"bad\"")))
        #expect(
            line("{#\n#}\n{{ ''.__class__ }}")
                == .template(.forbidden(line: 3, "the attribute \"__class__\"")))
    }
}
