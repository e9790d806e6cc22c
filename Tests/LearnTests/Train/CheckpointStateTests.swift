import Genome
import Testing
import Wire

@testable import Learn

@Suite("The state of a checkpoint")
struct CheckpointStateTests {
    private let state = CheckpointState(
        run: Blake3.hash([1]), step: 12, cursor: 24,
        best: CheckpointState.Best(step: 10, loss: 1.2345678901234567, since: 2),
        previous: Blake3.hash([2]), adapter: Blake3.hash([3]), optimiser: Blake3.hash([4]))

    @Test("comes back bit for bit")
    func roundTrip() throws {
        #expect(try CheckpointState(state.bytes) == state)
        #expect(state.link.state == Blake3.hash(state.bytes))
        #expect(state.link.previous == state.previous && state.link.step == 12)
    }

    @Test("is refused when any byte of it is another")
    func sealed() throws {
        for index in state.bytes.indices {
            var bytes = state.bytes
            bytes[index] ^= 1
            #expect(throws: GenomeError.self, "byte \(index)") { try CheckpointState(bytes) }
        }
        #expect(throws: GenomeError.self) { try CheckpointState(state.bytes.dropLast()) }
    }
}

extension CheckpointState {
    fileprivate init(_ bytes: ArraySlice<UInt8>) throws { try self.init(Array(bytes)) }
}
