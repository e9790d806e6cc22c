import Testing

@testable import Wire

@Suite struct ChallengeTermsTests {
    @Test func `what the mirror signs is what another program writes`() throws {
        for item in try ChallengeVectors().cases where item.object["answerInput"] != nil {
            let input = item.terms.answerInput(
                code: try item.digest("code"), received: try item.number("received"))
            #expect(try input == item.bytes("answerInput"))
        }
    }

    @Test func `steps are bounded by the mode`() throws {
        func read(_ steps: UInt16, _ mode: UInt8) throws(WireError) -> Int {
            var writer = Writer()
            writer.write(steps)
            writer.write(mode)
            var reader = Reader(writer.bytes)
            return try ChallengeTerms.readSteps(&reader).0
        }
        #expect(try read(512, 1) == 512 && read(20, 2) == 20)
        #expect(throws: WireError.tooLarge("challenge steps")) { try read(513, 1) }
        #expect(throws: WireError.tooLarge("challenge steps")) { try read(21, 2) }
        #expect(throws: WireError.tooLarge("challenge steps")) { try read(0, 1) }
        #expect(throws: WireError.unsupported("challenge mode")) { try read(8, 3) }
    }
}
