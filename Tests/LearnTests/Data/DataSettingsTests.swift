import Genome
import Testing

@testable import Learn

@Suite struct DataSettingsTests {
    @Test func `the defaults as a recipe holds them`() {
        let text = String(decoding: CanonicalJSON.write(DataSettings().json), as: UTF8.self)
        #expect(
            text
                == #"{"evaluationPart":"0","learned":"assistant","long":"automatic","#
                + #""order":"shuffled","packing":true,"seed":"0","sequenceLength":512}"#)
    }

    @Test func `everything that was set stands in the recipe`() throws {
        var settings = DataSettings()
        settings.seed = .max
        settings.evaluationPart = 0.05
        settings.template = "{{ messages }}"
        settings.date = TemplateDate(year: 2024, month: 7, day: 26)
        settings.isPacked = false
        let json = settings.json
        #expect(json["seed"]?.string == "18446744073709551615")
        #expect(json["evaluationPart"]?.string == "0.05")
        #expect(json["template"]?.string?.count == 64)
        #expect(json["date"]?.string == "2024-07-26T00:00:00")
        #expect(json["packing"] == false)
        #expect(json.members.allSatisfy { if case .double = $0.value { false } else { true } })
    }

    @Test func `settings outside their range are refused`() throws {
        for (length, part) in [(1, 0.0), (0, 0), (1 << 25, 0), (8, 1), (8, -0.1), (8, .nan)] {
            var settings = DataSettings()
            settings.sequenceLength = length
            settings.evaluationPart = part
            #expect(throws: LearnError.self) { try settings.check() }
        }
        try DataSettings().check()
    }
}
