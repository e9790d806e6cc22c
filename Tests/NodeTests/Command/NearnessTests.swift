import Testing

@testable import Node

@Suite("The nearest word")
struct NearnessTests {
    @Test("is none when nothing is near")
    func none() {
        #expect(Nearness.nearest(to: "xyzzy", among: ["share", "find"]) == nil)
        #expect(Nearness.nearest(to: "rn", among: ["run", "find"]) == "run")
        #expect(Nearness.nearest(to: "sh", among: ["share", "show"]) == nil)
        #expect(Nearness.nearest(to: "fet", among: ["fetch", "find"]) == "fetch")
    }
}
