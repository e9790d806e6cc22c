import Host

/// What the forward pass of one block leaves for its backward pass.
final class BlockRecord {
    /// The stream after attention, [rows, width].
    let middle: Rows
    /// Rotated queries of each key and value head: [heads, rows, queries of the group].
    let queries: Rows
    /// Queries, keys and values before their norms and rotation, where heads are normalised.
    let plainInputs: Rows?
    /// Attention's output before its projection, [rows, heads].
    let mixed: Rows
    /// Inner products of the second half, [rows, inner].
    let inner: [Rows]
    /// What the first factor of each module's pair gave, [rows, rank], in the order of modules; of
    /// width 0 where there is none.
    let downs: [Rows]
    private let memory: Memory

    /// Room for `rows` rows of a block whose modules have pairs of these ranks, 0 for none.
    init(_ a: Architecture, rows: Int, ranks: [Int]) throws(LearnError) {
        var arena = try Arena(bytes: Self.bytes(a, rows: rows, ranks: ranks))
        middle = arena.rows(rows, width: a.width)
        queries = arena.rows(rows * a.heads, width: a.headWidth)
        plainInputs =
            a.hasHeadNorm ? arena.rows(rows, width: a.queryWidth + a.keyWidth) : nil
        mixed = arena.rows(rows, width: a.queryWidth)
        var inner: [Rows] = []
        for _ in 0..<(a.feedForward == .siluGated ? 2 : 1) {
            inner.append(arena.rows(rows, width: a.innerWidth))
        }
        self.inner = inner
        var downs: [Rows] = []
        for rank in ranks { downs.append(arena.rows(rows, width: rank)) }
        self.downs = downs
        memory = arena.owner
    }

    /// Bytes of a record.
    static func bytes(_ a: Architecture, rows: Int, ranks: [Int]) -> Int {
        var widths = [a.width, a.queryWidth, a.queryWidth]
        if a.hasHeadNorm { widths.append(a.queryWidth + a.keyWidth) }
        widths += Array(repeating: a.innerWidth, count: a.feedForward == .siluGated ? 2 : 1)
        return (widths + ranks).reduce(4_096) { $0 + Arena.rounded(rows * $1 * 4) }
    }
}
