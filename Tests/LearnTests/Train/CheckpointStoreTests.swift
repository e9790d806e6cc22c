import Genome
import Host
import Testing
import Wire

@testable import Learn

@Suite("A folder of checkpoints")
struct CheckpointStoreTests {
    private let scratch: TrainScratch
    private let store: CheckpointStore
    private let run = Blake3.hash([1])
    private let tensors = [
        TrainedTensor(name: "b", shape: [2], values: [1, -0.0]),
        TrainedTensor(name: "a", shape: [1, 3], values: [0.1, .leastNonzeroMagnitude, 3e38]),
    ]

    init() throws {
        scratch = try TrainScratch()
        store = try CheckpointStore(scratch.path + "/c", run: run)
    }

    @discardableResult
    private func save(_ step: Int, previous: Digest? = nil) throws -> CheckpointState {
        try store.save(
            step: step, cursor: step, best: nil, previous: previous, adapter: tensors,
            optimiser: [TrainedTensor(name: "m", shape: [1], values: [Float(step)])])
    }

    @Test("gives back every bit")
    func roundTrip() throws {
        let state = try save(7)
        let loaded = try store.load(7)
        #expect(loaded.state == state && state.step == 7)
        #expect(loaded.adapter.map(\.name) == ["a", "b"])
        #expect(loaded.adapter[0].values.map(\.bitPattern) == tensors[1].values.map(\.bitPattern))
        #expect(loaded.adapter[1].values.map(\.bitPattern) == tensors[0].values.map(\.bitPattern))
        #expect(loaded.optimiser[0].values == [7] && loaded.adapter[0].shape == [1, 3])
        #expect(state.adapter == TensorBytes.hash(tensors))
    }

    @Test("names the file that was changed", arguments: CheckpointStore.fileNames)
    func changed(_ name: String) throws {
        try save(7)
        let file = store.folder(of: 7) + "/" + name
        let size = try File.facts(of: file).size
        for offset in [0, size / 2, size - 1] {
            try TrainScratch.flip(file, at: offset)
            let error = #expect(throws: LearnError.self) { _ = try store.load(7) }
            #expect(error?.description.contains("step-00000007/\(name)") == true)
            try TrainScratch.flip(file, at: offset)
        }
        _ = try store.load(7)
    }

    @Test("refuses a checkpoint of another run or of another step")
    func foreign() throws {
        try save(7)
        let other = try CheckpointStore(store.path, run: Blake3.hash([9]))
        #expect(throws: LearnError.self) { _ = try other.load(7) }
        try Directory.rename(store.folder(of: 7), to: store.folder(of: 8))
        let error = #expect(throws: LearnError.self) { _ = try store.load(8) }
        #expect(error?.description.contains("the state of step 7") == true)
    }

    @Test("chains its checkpoints, and notices one that was put in between")
    func chain() throws {
        let first = try save(0)
        let second = try save(4, previous: first.link.state)
        try save(8, previous: second.link.state)
        #expect(try store.links().map(\.step) == [0, 4, 8])
        try Directory.removeTree(store.folder(of: 4))
        try save(4)
        #expect(throws: LearnError.self) { _ = try store.links() }
    }

    @Test("keeps what it is told and removes what a crash left")
    func retain() throws {
        for step in [0, 2, 4] { try save(step) }
        try store.retain([0, 4])
        #expect(try store.steps() == [0, 4])
        try Directory.create(store.path + "/.step-00000009")
        let again = try CheckpointStore(store.path, run: run)
        #expect(try again.steps() == [0, 4])
        #expect(try Directory.list(store.path).count == 2)
    }

    @Test("leaves an existing checkpoint as it is")
    func existing() throws {
        let first = try save(3)
        let again = try store.save(
            step: 3, cursor: 9, best: nil, previous: nil, adapter: [], optimiser: [])
        #expect(again == first)
    }
}
