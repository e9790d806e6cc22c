import Testing

@testable import Learn

@Suite struct PatternProgramTests {
    @Test func `a run of one set is one instruction`() throws {
        #expect(try PatternProgram(#"\p{L}+"#).code.map(\.kind) == [.run, .match])
        #expect(try PatternProgram("a++").code.map(\.kind) == [.possessiveRun, .match])
        let program = try PatternProgram("(?:a|b*)*")
        #expect(program.registerCount == 1)
    }
}
