import Testing

@testable import Learn

@Suite struct NearestNamesTests {
    private let names = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj"]

    @Test func `the nearest come first, equals by name, at most three`() {
        #expect(NearestNames.of("gate_prj", among: names) == ["gate_proj"])
        #expect(NearestNames.of("q_proy", among: names) == ["q_proj", "k_proj", "o_proj"])
        #expect(NearestNames.of("proj", among: names) == ["k_proj", "o_proj", "q_proj"])
    }

    @Test(
        "counts edits, swaps as one",
        arguments: [
            ("share", "share", 0), ("shrae", "share", 1), ("", "abc", 3), ("abc", "", 3),
            ("kitten", "sitting", 3),
        ])
    func distance(_ left: String, _ right: String, _ edits: Int) {
        #expect(NearestNames.distance(left, right) == edits)
    }

    @Test func `nothing is suggested for what is like nothing`() {
        #expect(NearestNames.of("embed_tokens", among: names).isEmpty)
        #expect(NearestNames.of("x", among: []).isEmpty)
        #expect(NearestNames.of("", among: ["ab", "abc"]) == ["ab"])
    }
}
