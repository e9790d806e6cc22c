import Testing

@testable import Learn

@Suite struct FrozenNameTests {
    @Test func `a name has a stem and a version`() {
        #expect(FrozenName.split("portable-f32-v1") == ("portable-f32", 1))
        #expect(FrozenName.split("a-v12") == ("a", 12))
        for name in ["", "a", "a-v", "a-vx", "a-v-1", "portable-f32", "-"] {
            #expect(FrozenName.split(name) == (name, nil))
        }
    }

    @Test func `only a version from before the freeze has a successor`() {
        let known = ["portable-f32-v1", "bf16dot-v1"]
        #expect(FrozenName.successor(of: "bf16dot-v0", among: known) == "bf16dot-v1")
        for name in ["bf16dot", "bf16dot-v1", "bf16dot-v2", "other-v0", ""] {
            #expect(FrozenName.successor(of: name, among: known) == nil)
        }
    }
}
