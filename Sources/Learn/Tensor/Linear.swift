/// A linear module of a model: `y = x Wᵀ + b`.
struct Linear {
    /// The module's path, as adapters name it.
    let path: String
    /// [outputs, inputs], or [inputs, outputs] if `isTransposed`.
    let weight: Stored
    /// Whether the weight is kept transposed.
    let isTransposed: Bool
    /// Added to each output.
    let bias: Stored?

    /// Length of an input row.
    var inputs: Int { isTransposed ? weight.rows : weight.columns }
    /// Length of an output row.
    var outputs: Int { isTransposed ? weight.columns : weight.rows }
}

/// A pair of low-rank factors that an adapter adds to one linear module (Hu et al. 2021,
/// arXiv:2106.09685): `y += scale · B (A x)`.
struct Factor {
    /// A, [rank, inputs].
    let down: Stored
    /// B, [outputs, rank], or [rank, outputs] if `isUpTransposed`.
    let up: Stored
    /// alpha / rank, or alpha / √rank, times the weight of the adapter in its stack.
    let scale: Float
    /// Added to `B (A x)` before it is scaled.
    let upBias: Stored?
    /// DoRA's magnitude over norm for each output (Liu et al. 2024, arXiv:2402.09353).
    var gain: Stored?
    /// Whether B is kept transposed, as training keeps it.
    var isUpTransposed = false

    /// Inner dimension.
    var rank: Int { down.rows }
}

/// Rows of a batch that run under the same adapters.
struct RowGroup {
    /// Which rows.
    let rows: Range<Int>
    /// The adapters' factors by module, in the order in which they are added.
    let factors: AdapterStack?
}
