import Genome
import Testing

@Suite("A safetensors header")
struct TensorFileTests {
    private func fault(_ header: String, _ dataCount: Int = 0) -> (TensorFault, String?)? {
        let bytes = TensorFixture.file(header: header, dataCount: dataCount)
        let error = Fixtures.fault { _ = try TensorFixture.header(of: bytes) }
        if case .tensors(let fault, let tensor) = error { return (fault, tensor) }
        return nil
    }

    private func entry(_ name: String, _ shape: String, _ offsets: String) -> String {
        #""\#(name)":{"dtype":"U8","shape":\#(shape),"data_offsets":\#(offsets)}"#
    }

    @Test("tells names, types, shapes and places")
    func reads() throws {
        let bytes = TensorFixture.file([("b", "BF16", [2, 3]), ("a", "F32", []), ("z", "I8", [0])])
        let file = try TensorFixture.header(of: bytes)
        #expect(file.tensors.map(\.name) == ["b", "a", "z"])
        #expect(file.tensors[0].shape.dimensions == [2, 3])
        #expect(file.tensors[1].shape.elementCount == 1)
        #expect(file.tensors[0].range == file.dataStart..<file.dataStart + 12)
        #expect(file.metadata.map(\.name) == ["format"])
    }

    @Test("space padding, absent and null metadata are fine")
    func readsPadding() throws {
        for header in ["{}", "{}      ", #"{"__metadata__":null}"#, #"{"__metadata__":{}}"#] {
            let bytes = TensorFixture.file(header: header, dataCount: 0)
            #expect(try TensorFixture.header(of: bytes).tensors.isEmpty)
        }
    }

    @Test("a lying length is refused before anything is allocated")
    func lyingLength() {
        for length in [UInt64(0), 1, 100, 1 << 40, .max] {
            let first = (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(8 * $0)) }
            #expect(
                Fixtures.fault { _ = try TensorFixture.header(of: first + Array("{}".utf8)) } != nil
            )
        }
        #expect(Fixtures.fault { _ = try TensorFixture.header(of: [1, 2]) } != nil)
    }

    @Test("offsets cover the data without gap, overlap and rest")
    func coverage() {
        let gap = fault("{" + entry("a", "[2]", "[1,3]") + "}", 3)
        #expect(gap?.0 == .gap && gap?.1 == "a")
        let overlap = fault(
            "{" + entry("a", "[2]", "[0,2]") + "," + entry("b", "[2]", "[1,3]") + "}", 3)
        #expect(overlap?.0 == .overlap && overlap?.1 == "b")
        #expect(fault("{" + entry("a", "[2]", "[0,2]") + "}", 3)?.0 == .trailing)
        #expect(fault("{" + entry("a", "[4]", "[0,4]") + "}", 3)?.0 == .badOffsets)
        #expect(fault("{" + entry("a", "[2]", "[2,0]") + "}", 2)?.0 == .badOffsets)
        #expect(fault("{" + entry("a", "[2]", "[-1,1]") + "}", 2)?.0 == .badOffsets)
        #expect(fault("{" + entry("a", "[2]", "[0]") + "}", 2)?.0 == .badOffsets)
    }

    @Test("shapes agree with their bytes and stay in bounds")
    func shapes() {
        let wrong = fault("{" + entry("a", "[3]", "[0,2]") + "}", 2)
        #expect(wrong?.0 == .wrongSize(expected: 3, found: 2))
        let huge = "[281474976710656,281474976710656,281474976710656]"
        for shape in ["[-1]", "[1.5]", "[\"1\"]", "[281474976710657]", huge, "[1,1,1,1,1,1,1,1,1]"]
        {
            #expect(fault("{" + entry("a", shape, "[0,2]") + "}", 2)?.0 == .badShape, "\(shape)")
        }
        let bits = #"{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}"#
        #expect(fault(bits, 1)?.0 == .badShape)
    }

    @Test(
        "entries hold three members of known types",
        arguments: [
            #"{"a":{}}"#, #"{"a":[]}"#, #"{"a":{"dtype":"U8","shape":[0]}}"#,
            #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1}}"#,
            #"{"a":{"dtype":1,"shape":[0],"data_offsets":[0,0]}}"#,
        ])
    func entries(_ header: String) {
        #expect(fault(header)?.0 == .badEntry)
    }

    @Test("names, types and metadata are checked")
    func namesAndTypes() {
        #expect(
            fault(#"{"a":{"dtype":"U9","shape":[0],"data_offsets":[0,0]}}"#)?.0
                == .unknownType("U9"))
        #expect(fault("{" + entry("", "[0]", "[0,0]") + "}")?.0 == .badName)
        #expect(fault("{" + entry("é", "[0]", "[0,0]") + "}")?.0 == .badName)
        #expect(fault(#"{"__metadata__":{"a":1}}"#)?.0 == .badMetadata)
        #expect(fault(#"{"__metadata__":[]}"#)?.0 == .badMetadata)
        #expect(fault("[]")?.0 == .headerNotObject)
        #expect(fault("  {}")?.0 == .headerNotObject)
    }

    @Test("a name twice and deep nesting are not strict JSON")
    func strictJSON() {
        let twice = "{" + entry("a", "[0]", "[0,0]") + "," + entry("a", "[0]", "[0,0]") + "}"
        guard case .headerNotJSON(.duplicateName("a"), _)? = fault(twice)?.0 else {
            Issue.record("accepted")
            return
        }
        guard case .headerNotJSON(.tooDeep, _)? = fault(#"{"a":{"dtype":[[0]]}}"#)?.0 else {
            Issue.record("accepted")
            return
        }
    }

    @Test("the header limit is the caller's")
    func headerLimit() {
        let bytes = TensorFixture.file([("a", "U8", [1])])
        let fault = Fixtures.fault {
            _ = try TensorFile(header: bytes, fileSize: UInt64(bytes.count), headerMax: 10)
        }
        #expect(fault == .tensors(.headerTooLong(limit: 10), tensor: nil))
    }
}
