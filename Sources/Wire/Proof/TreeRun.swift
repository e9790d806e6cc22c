/// A run of consecutive nodes of one level of a blob's tree, proven together: the values of the
/// run come from somewhere, the largest subtrees outside it are its *siblings*, left to right.
///
/// Group pages use it over groups, range proofs over leaves.
struct TreeRun {
    /// Number of nodes of the whole level.
    let count: Int
    /// The nodes that are proven.
    let covered: Range<Int>

    init(_ covered: Range<Int>, of count: Int) {
        precondition(!covered.isEmpty && covered.lowerBound >= 0 && covered.upperBound <= count)
        self.count = count
        self.covered = covered
    }

    /// The nodes under each sibling, left to right.
    var siblings: [Range<Int>] {
        var result: [Range<Int>] = []
        collect(0..<count, into: &result)
        return result
    }

    private func collect(_ nodes: Range<Int>, into result: inout [Range<Int>]) {
        if !nodes.overlaps(covered) {
            result.append(nodes)
        } else if !isCovered(nodes) {
            let middle = nodes.lowerBound + HashTree.leftCount(of: nodes.count)
            collect(nodes.lowerBound..<middle, into: &result)
            collect(middle..<nodes.upperBound, into: &result)
        }
    }

    /// The root from the values of the run and of its siblings, whose counts the caller checked;
    /// the value of a subtree where the level is one's.
    func root(values: [UInt8], siblings: [UInt8], isRoot: Bool = true) -> Digest {
        precondition(values.count == covered.count * HashTree.valueBytes)
        var nextSibling = 0
        let root = value(
            of: 0..<count, isRoot: isRoot, values: values, siblings: siblings,
            nextSibling: &nextSibling)
        precondition(nextSibling * HashTree.valueBytes == siblings.count)
        guard let digest = Digest(bytes: root) else {
            preconditionFailure("a value has 32 bytes")
        }
        return digest
    }

    private func value(
        of nodes: Range<Int>, isRoot: Bool, values: [UInt8], siblings: [UInt8],
        nextSibling: inout Int
    ) -> [UInt8] {
        if !nodes.overlaps(covered) {
            defer { nextSibling += 1 }
            return Array(HashTree.value(nextSibling, in: siblings))
        }
        if isCovered(nodes) {
            let first = (nodes.lowerBound - covered.lowerBound) * HashTree.valueBytes
            let run = values[first..<first + nodes.count * HashTree.valueBytes]
            return Kernels.fold(run, isRoot: isRoot).bytes
        }
        let middle = nodes.lowerBound + HashTree.leftCount(of: nodes.count)
        let left = value(
            of: nodes.lowerBound..<middle, isRoot: false, values: values, siblings: siblings,
            nextSibling: &nextSibling)
        let right = value(
            of: middle..<nodes.upperBound, isRoot: false, values: values, siblings: siblings,
            nextSibling: &nextSibling)
        return Kernels.fold((left + right)[...], isRoot: isRoot).bytes
    }

    private func isCovered(_ nodes: Range<Int>) -> Bool {
        nodes.lowerBound >= covered.lowerBound && nodes.upperBound <= covered.upperBound
    }
}
