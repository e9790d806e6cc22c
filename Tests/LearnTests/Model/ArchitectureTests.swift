import Testing

@testable import Learn

@Suite struct ArchitectureTests {
    @Test func `widths of queries, keys and cache follow from heads`() throws {
        let scratch = try ScratchFolder()
        let architecture = try HandModel().open(in: scratch).architecture
        #expect(architecture.headWidth == 4 && architecture.group == 2)
        #expect(architecture.queryWidth == 8 && architecture.keyWidth == 4)
        // Keys and values of two blocks, four numbers each.
        #expect(architecture.cacheBytes(.portable) == 2 * 2 * 4 * 4)
        #expect(architecture.cacheBytes(.bf16Dot) == 2 * 2 * 4 * 2)
    }
}
