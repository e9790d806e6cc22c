import Testing
import Wire

@Suite struct IntroductionTests {
    @Test func `a label that fools a terminal is refused`() {
        let introduction = Introduction(
            endpoints: [], observed: nil, label: "a\u{1b}[2Jb", software: "x",
            wallMilliseconds: 1)
        #expect(throws: WireError.invalid("label")) {
            try Message(bytes: Message.introduction(introduction).bytes)
        }
    }
}
