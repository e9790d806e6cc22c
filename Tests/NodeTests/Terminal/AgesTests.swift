import Testing

@testable import Node

@Suite("Spans of time for people")
struct AgesTests {
    @Test(
        "clocks",
        arguments: [(7, "0:07"), (754, "12:34"), (11_045, "3:04:05")] as [(UInt64, String)])
    func clock(_ seconds: UInt64, _ text: String) { #expect(Ages.clock(seconds) == text) }

    @Test(
        "ages",
        arguments: [
            (-5, "now"), (0, "now"), (40, "40 s"), (720, "12 min"), (18_000, "5 h"),
            (259_200, "3 d"), (63_072_000, "2 y"),
        ] as [(Int64, String)])
    func age(_ seconds: Int64, _ text: String) { #expect(Ages.text(seconds) == text) }
}
