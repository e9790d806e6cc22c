/// What it takes to run a model with or without adapters, computed from shapes and never stated by
/// anyone.
public struct ResourceBounds: Equatable, Sendable {
    /// Tokens of the sequence that the other figures are for.
    public let positions: Int
    /// Bytes of the weights, which are mapped and may be shared or dropped by the system.
    public let weightBytes: UInt64
    /// Bytes of keys, values and buffers, which are the process's own.
    public let workBytes: UInt64
    /// Operations of the last token of the sequence; a multiplication and its addition are two.
    public let operationsPerToken: UInt64

    /// All bytes.
    public var memory: UInt64 { weightBytes + workBytes }

    /// The bounds of one sequence of `positions` tokens.
    public init(_ model: Model, _ stack: AdapterStack?, profile: Profile, positions: Int) {
        let shape = model.architecture
        let factors = (stack?.factors.values.map { $0 } ?? []).joined()
        let values = factors.reduce(UInt64(0)) { sum, factor in
            sum + UInt64(factor.down.count + factor.up.count)
        }
        let bytes = factors.reduce(UInt64(0)) { sum, factor in
            sum + UInt64(factor.down.count * factor.down.element.bytes)
                + UInt64(factor.up.count * factor.up.element.bytes)
        }
        self.positions = positions
        weightBytes = model.byteCount + bytes
        workBytes = Engine.memoryEstimate(shape, profile: profile, positions: positions)
        // Queries with keys, and weights with values: two products over the keys that are seen.
        let seen = shape.windows.reduce(0) { $0 + min(positions, $1 ?? positions) }
        operationsPerToken =
            2 * (model.multiplications + UInt64(shape.width * shape.vocabulary) + values)
            + UInt64(4 * shape.queryWidth * seen)
    }
}
