import Testing

@testable import Learn

@Suite struct ResourceBoundsTests {
    private let scratch: ScratchFolder
    private let model: Model
    private let stack: AdapterStack

    init() throws {
        scratch = try ScratchFolder()
        model = try HandModel().open(in: scratch)
        let adapter = try HandAdapter().open(in: scratch)
        stack = try AdapterStack(
            [AdapterStack.Member(adapter, identifier: "a")], model: model)
    }

    private func bounds(_ stack: AdapterStack?, _ positions: Int) -> ResourceBounds {
        ResourceBounds(model, stack, profile: .portable, positions: positions)
    }

    @Test func `an adapter adds its factors, and nothing else`() {
        let (plain, adapted) = (bounds(nil, 8), bounds(stack, 8))
        // Rank 2 on 8 × 8 and 4 × 8, in f32.
        let values: UInt64 = 2 * (8 + 8) + 2 * (8 + 4)
        #expect(adapted.operationsPerToken == plain.operationsPerToken + 2 * values)
        #expect(adapted.weightBytes == plain.weightBytes + 4 * values)
        #expect(adapted.workBytes == plain.workBytes)
        #expect(plain.memory == plain.weightBytes + plain.workBytes)
    }

    @Test func `a longer sequence needs more memory and more operations, as shapes say`() {
        let (short, long) = (bounds(nil, 4), bounds(nil, 8))
        let shape = model.architecture
        #expect(
            long.operationsPerToken - short.operationsPerToken
                == UInt64(4 * shape.queryWidth * 4 * shape.blocks))
        #expect(
            long.workBytes - short.workBytes == UInt64(4 * shape.cacheBytes(.portable)))
        #expect(long.weightBytes == short.weightBytes && long.weightBytes == model.byteCount)
    }
}
