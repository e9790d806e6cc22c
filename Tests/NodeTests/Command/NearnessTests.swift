import Testing

@testable import Node

@Suite("The nearest word")
struct NearnessTests {
    @Test(
        "counts edits, swaps as one",
        arguments: [
            ("share", "share", 0), ("shrae", "share", 1), ("", "abc", 3), ("abc", "", 3),
            ("kitten", "sitting", 3),
        ])
    func distance(_ left: String, _ right: String, _ edits: Int) {
        #expect(Nearness.distance(left, right) == edits)
    }

    @Test("is none when nothing is near")
    func none() {
        #expect(Nearness.nearest(to: "xyzzy", among: ["share", "find"]) == nil)
        #expect(Nearness.nearest(to: "rn", among: ["run", "find"]) == "run")
        #expect(Nearness.nearest(to: "sh", among: ["share", "show"]) == nil)
        #expect(Nearness.nearest(to: "fet", among: ["fetch", "find"]) == "fetch")
    }
}
