import Genome
import Testing

@testable import Learn

@Suite struct ElementTests {
    @Test func `three types have kernels`() {
        let known = TensorType.allCases.compactMap { type in Element(type) }
        #expect(Set(known) == [.float32, .bfloat16, .float16] && known.count == 3)
        #expect(Element.float32.bytes == 4 && Element.bfloat16.bytes == 2)
        #expect(Element.float16.bytes == 2)
        #expect(Set(known.map(\.code)).count == 3)
    }
}
