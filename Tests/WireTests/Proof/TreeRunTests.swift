import Testing

@testable import Wire

@Suite struct TreeRunTests {
    @Test func `every run of every small tree folds to its root with its siblings`() {
        for count in 2...17 {
            var values: [UInt8] = []
            for node in 0..<count { values += Blake3.hash([UInt8(node)]).bytes }
            let root = HashTree.root(groupValues: values)
            for first in 0..<count {
                for end in first + 1...count {
                    let run = TreeRun(first..<end, of: count)
                    let siblings = run.siblings.flatMap {
                        Kernels.fold(
                            values[$0.lowerBound * 32..<$0.upperBound * 32], isRoot: false
                        ).bytes
                    }
                    let covered = Array(values[first * 32..<end * 32])
                    #expect(run.root(values: covered, siblings: siblings) == root)
                    #expect(siblings.count / 32 <= Limits.proofSiblingsMax)
                }
            }
        }
    }

    @Test func `the siblings of one node in the largest tree stay within the limit`() {
        let count = HashTree.leafCount(size: Limits.blobBytesMax)
        for node in [0, count / 3, count - 1] {
            #expect(TreeRun(node..<node + 1, of: count).siblings.count == 26)
        }
        let middle = TreeRun(count / 2 - 1..<count / 2 + 1, of: count)
        #expect(middle.siblings.count <= Limits.proofSiblingsMax)
    }
}
