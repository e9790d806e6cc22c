import Genome
import Testing

@Suite("How a layer wants answers drawn")
struct DecodingChoicesTests {
    @Test func `is read from its section`() {
        let choices = DecodingChoices([
            "temperature": "0.7", "topK": 40, "topP": "0.9", "minP": "0.05",
            "repetitionPenalty": "1.1", "maxTokens": 64,
        ])
        #expect(choices.temperature == 0.7 && choices.topK == 40 && choices.topP == 0.9)
        #expect(choices.minP == 0.05 && choices.repetitionPenalty == 1.1)
        #expect(choices.maxTokens == 64)
        #expect(DecodingChoices(nil) == DecodingChoices())
    }

    @Test func `gives way to what comes later, where that says something`() {
        let first = DecodingChoices(["temperature": "0.7", "topK": 40])
        let second = DecodingChoices(["temperature": "0", "maxTokens": 9])
        let both = first.replaced(by: second)
        #expect(both.temperature == 0 && both.topK == 40 && both.maxTokens == 9)
    }
}
