import Genome
import Testing

@Suite("The index of a sharded model")
struct ShardIndexTests {
    private func index(_ map: String) throws -> ShardIndex {
        try ShardIndex(Array(#"{"metadata":{"total_size":8},"weight_map":\#(map)}"#.utf8))
    }

    @Test("agrees with its shards or is refused")
    func agrees() throws {
        let one = try TensorFixture.entries([("a", "U8", [1])])
        let two = try TensorFixture.entries([("b", "U8", [1])])
        let shards = [(file: "1.safetensors", tensors: one), (file: "2.safetensors", tensors: two)]
        let good = try index(#"{"a":"1.safetensors","b":"2.safetensors"}"#)
        try good.check(shards)
        #expect(Fixtures.fault { try good.check([shards[0]]) } != nil)
        let fewer = try index(#"{"a":"1.safetensors"}"#)
        #expect(Fixtures.fault { try fewer.check(shards) } == .adapter(.unexplained(tensor: "b")))
        let swapped = try index(#"{"a":"2.safetensors","b":"1.safetensors"}"#)
        #expect(Fixtures.fault { try swapped.check(shards) } != nil)
        let twice = [shards[0], (file: "2.safetensors", tensors: one)]
        #expect(
            Fixtures.fault { try good.check(twice) } == .tensors(.duplicate, tensor: "a"))
    }

    @Test("names bare files only", arguments: ["../x", "a/b", "/x", "", "a\\\\b", "a\\nb"])
    func bareNames(_ name: String) {
        #expect(Fixtures.fault { _ = try index(#"{"a":"\#(name)"}"#) } != nil)
    }

    @Test("needs a weight_map")
    func needsMap() {
        #expect(
            Fixtures.fault { _ = try ShardIndex(Array("{}".utf8)) }
                == .adapter(.missing(key: "weight_map")))
    }
}
