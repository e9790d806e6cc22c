import Genome
import Testing

@testable import Learn

@Suite struct LearningRateTests {
    @Test func `every schedule has the judge's rates`() throws {
        let file = try TrainingCase.file("schedules")
        let list = try #require(file["schedules"]?.array)
        #expect(list.count > 5)
        for schedule in list {
            var settings = TrainingSettings()
            let name = try #require(schedule["schedule"]?.string)
            settings.schedule = try #require(TrainingSettings.Schedule(rawValue: name))
            settings.warmup = Int(try #require(schedule["warmup"]?.integer))
            settings.steps = Int(try #require(schedule["steps"]?.integer))
            settings.learningRate = try #require(file["rate"]?.number)
            let rate = LearningRate(settings)
            let rates = try #require(schedule["rates"]?.array)
            for (step, expected) in rates.enumerated() {
                let wanted = try #require(expected.number)
                let off = abs(rate.rate(at: step) - wanted)
                #expect(off <= 1e-12 * settings.learningRate, "\(name) \(step)")
            }
        }
    }
}
