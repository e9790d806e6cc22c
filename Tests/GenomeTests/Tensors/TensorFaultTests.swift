import Genome
import Testing

@Suite("A fault of a tensor file")
struct TensorFaultTests {
    @Test("reads as one sentence with the tensor's name")
    func sentence() {
        let error = GenomeError.tensors(.wrongSize(expected: 8, found: 4), tensor: "a.weight")
        #expect(
            error.description
                == "tensor a.weight: its shape needs 8 bytes, its data_offsets hold 4")
        #expect(
            GenomeError.tensors(.trailing, tensor: nil).description
                == "not a safetensors file to trust: bytes behind the last tensor belong to none")
    }
}
