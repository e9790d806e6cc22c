import CKernels
import Host

/// The buffers of one forward pass, planned once for the most rows that run together.
struct Activations {
    /// Residual stream, [rows, width].
    var hidden: Rows
    /// Normalised input of a half block, [rows, width].
    let normed: Rows
    /// Queries, keys and values of each row side by side.
    var inputs: Rows
    /// Where they are kept as they are before their norms and rotation, if anywhere.
    var plainInputs: Rows?
    /// Queries of each key and value head: [heads, rows, queries of the group].
    var queries: Rows
    /// Attention's output before its projection, [rows, heads].
    var mixed: Rows
    /// Inner products of the second half: one or two of [rows, inner].
    var inner: [Rows]
    /// Their activation, [rows, inner]; takes the place of the first unless someone keeps that.
    var activated: Rows
    /// Outputs of a half block before they join the stream, [rows, width].
    let outcome: Rows
    /// Cosines and sines of each row, [rows, pairs].
    let cosines: Rows
    /// See `cosines`.
    let sines: Rows
    private let memory: Memory

    /// Buffers for `rows` rows.
    init(_ architecture: Architecture, rows: Int) throws(LearnError) {
        let a = architecture
        var arena = try Arena(
            bytes: Self.widths(a).reduce(0) { $0 + Arena.rounded(rows * $1 * 4) })
        hidden = arena.rows(rows, width: a.width)
        normed = arena.rows(rows, width: a.width)
        inputs = arena.rows(rows, width: a.queryWidth + 2 * a.keyWidth)
        queries = arena.rows(rows * a.heads, width: a.headWidth)
        mixed = arena.rows(rows, width: a.queryWidth)
        let isGated = a.feedForward == .siluGated
        var inner = [arena.rows(rows, width: a.innerWidth)]
        if isGated { inner.append(arena.rows(rows, width: a.innerWidth)) }
        self.inner = inner
        activated = inner[0]
        outcome = arena.rows(rows, width: a.width)
        cosines = arena.rows(rows, width: a.headWidth / 2)
        sines = arena.rows(rows, width: a.headWidth / 2)
        memory = arena.owner
    }

    /// Values of a row in each buffer, in the order in which they are taken.
    private static func widths(_ a: Architecture) -> [Int] {
        [
            a.width, a.width, a.queryWidth + 2 * a.keyWidth, a.queryWidth, a.queryWidth,
            a.innerWidth, a.innerWidth, a.width, a.headWidth, a.headWidth,
        ]
    }

    /// Bytes for `rows` rows, with packed operands.
    static func bytes(_ a: Architecture, rows: Int) -> Int {
        rows * (widths(a).reduce(0, +) + a.queryWidth + a.innerWidth) * 4
    }
}
