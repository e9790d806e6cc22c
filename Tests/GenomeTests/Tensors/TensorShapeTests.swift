import Genome
import Testing

@Suite("A tensor's shape")
struct TensorShapeTests {
    @Test("counts elements and bytes")
    func counts() {
        #expect(TensorShape([])?.elementCount == 1)
        #expect(TensorShape([2, 0, 1 << 48])?.elementCount == 0)
        #expect(TensorShape([2, 3])?.byteCount(of: .bfloat16) == 12)
        #expect(TensorShape([4])?.byteCount(of: .float6E2M3) == 3)
        #expect(TensorShape([3])?.byteCount(of: .float6E2M3) == nil)
        #expect(TensorShape([2, 3])?.description == "[2, 3]")
    }

    @Test("is refused beyond its limits")
    func limits() {
        #expect(TensorShape([(1 << 48) + 1]) == nil)
        #expect(TensorShape([1 << 40, 1 << 40]) == nil)
        #expect(TensorShape([UInt64](repeating: 1, count: 9)) == nil)
        #expect(TensorShape([1 << 31, 1 << 31])?.byteCount(of: .float64) == nil)
    }

    @Test("every type of the format is known")
    func types() {
        #expect(TensorType.allCases.count == 22)
        #expect(TensorType(rawValue: "BF16") == .bfloat16 && TensorType.bfloat16.isFloatingPoint)
        #expect(!TensorType.int64.isFloatingPoint)
    }
}
