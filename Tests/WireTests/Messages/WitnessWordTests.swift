import Testing

@testable import Wire

@Suite struct WitnessWordTests {
    @Test func `a line that is too long, two lines or none of UTF-8 are refused`() throws {
        let longest = String(repeating: "a", count: WitnessWord.lineBytesMax)
        let message = Message.cosignature(WitnessWord(known: 1, line: longest))
        #expect(try Message(bytes: message.bytes) == message)
        for line in [longest + "a", "one\ntwo"] {
            let message = Message.cosignature(WitnessWord(known: 1, line: line))
            #expect(throws: WireError.self) { try Message(bytes: message.bytes) }
        }
        let empty = Message.cosignature(WitnessWord(known: 1)).bytes
        #expect(throws: WireError.self) { try Message(bytes: empty + [0xFF]) }
    }
}
