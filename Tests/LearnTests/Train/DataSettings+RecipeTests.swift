import Genome
import Testing

@testable import Learn

@Suite("Settings of data in a recipe")
struct DataSettingsRecipeTests {
    @Test("come back as they were")
    func roundTrip() throws {
        var settings = DataSettings()
        #expect(try DataSettings(json: .object(settings.json), template: nil) == settings)
        settings.sequenceLength = 77
        settings.order = .given
        settings.isPacked = false
        settings.evaluationPart = 0.125
        settings.long = .split
        settings.learned = .all
        settings.seed = .max
        settings.template = "{{ messages }}"
        settings.date = TemplateDate(year: 2026, month: 2, day: 3, hour: 4, minute: 5, second: 6)
        #expect(
            try DataSettings(json: .object(settings.json), template: settings.template) == settings)
    }

    @Test("are refused without their template, and with a member that is not known")
    func refusals() throws {
        var settings = DataSettings()
        settings.template = "a"
        #expect(throws: LearnError.self) {
            _ = try DataSettings(json: .object(settings.json), template: nil)
        }
        #expect(throws: LearnError.self) {
            _ = try DataSettings(json: .object(settings.json), template: "b")
        }
        settings.template = nil
        var json = settings.json
        json["new"] = 1
        #expect(throws: LearnError.self) {
            _ = try DataSettings(json: .object(json), template: nil)
        }
        #expect(throws: LearnError.self) { _ = try DataSettings(json: .null, template: nil) }
    }
}
