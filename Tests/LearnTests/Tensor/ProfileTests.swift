import Testing

@testable import Learn

@Suite struct ProfileTests {
    @Test func `a profile is found by its name with and without version`() {
        #expect(Profile(named: "portable-f32") == .portable)
        #expect(Profile(named: "portable-f32-v1") == .portable)
        #expect(Profile(named: "bf16dot") == .bf16Dot)
        #expect(Profile(named: "float") == nil)
        // Nothing is computed by rules that were never frozen.
        #expect(Profile(named: "portable-f32-v0") == nil)
        #expect(Profile.portable.shortName == "portable-f32")
        #expect(Profile.portable.code != Profile.bf16Dot.code)
    }
}
