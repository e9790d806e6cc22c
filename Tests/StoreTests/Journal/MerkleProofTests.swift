import Testing
import Wire

@testable import Store

@Suite struct MerkleProofTests {
    /// A log of so many entries with every hash of its perfect subtrees, computed plainly.
    private struct Plain {
        let leaves: [Digest]

        init(_ count: Int) {
            leaves = (0..<count).map { MerkleLog.leafHash([UInt8($0 & 255), UInt8($0 >> 8)]) }
        }

        func root(_ start: Int, _ count: Int) -> Digest {
            if count == 0 { return MerkleLog().root }
            if count == 1 { return leaves[start] }
            var left = 1
            while left * 2 < count { left *= 2 }
            return MerkleLog.nodeHash(
                root(start, left), root(start + left, count - left))
        }

        func subtree(_ level: Int, _ index: UInt64) -> Digest {
            root(Int(index) << level, 1 << level)
        }
    }

    @Test func `every entry of every small log is proven, and nothing else by the same proof`()
        throws
    {
        for count in 1...33 {
            let plain = Plain(count)
            let root = plain.root(0, count)
            for index in 0..<count {
                let path = try MerkleProof.inclusion(of: UInt64(index), in: UInt64(count)) {
                    plain.subtree($0, $1)
                }
                func holds(
                    _ leaf: Digest, _ index: Int, _ count: Int, _ path: [Digest]
                ) -> Bool {
                    MerkleProof.isIncluded(
                        leaf, at: UInt64(index), in: UInt64(count), root: root, path: path)
                }
                #expect(holds(plain.leaves[index], index, count, path))
                #expect(!holds(Sha256.hash([9]), index, count, path))
                #expect(!holds(plain.leaves[index], index + 1, count, path))
                #expect(!holds(plain.leaves[index], index, count, path + [root]))
                if !path.isEmpty {
                    #expect(!holds(plain.leaves[index], index, count, Array(path.dropLast())))
                    #expect(!holds(plain.leaves[index], index, count, path.map { _ in root }))
                }
            }
        }
    }

    @Test func `every log is proven to be the beginning of every later one, and no other`() throws {
        for new in 1...33 {
            let plain = Plain(new)
            for old in 0...new {
                let proof = try MerkleProof.consistency(from: UInt64(old), to: UInt64(new)) {
                    plain.subtree($0, $1)
                }
                func holds(_ oldRoot: Digest, _ newRoot: Digest, _ proof: [Digest]) -> Bool {
                    MerkleProof.isConsistent(
                        old: UInt64(old), root: oldRoot, new: UInt64(new), root: newRoot,
                        proof: proof)
                }
                let (before, after) = (plain.root(0, old), plain.root(0, new))
                #expect(holds(before, after, proof), "\(old) of \(new)")
                #expect(!holds(Sha256.hash([9]), after, proof))
                if old > 0 {
                    #expect(!holds(before, Sha256.hash([9]), proof))
                    #expect(!holds(before, after, proof + [after]))
                }
                if !proof.isEmpty { #expect(!holds(before, after, Array(proof.dropLast()))) }
            }
        }
    }

    @Test func `a proof without end is refused at once`() {
        let root = Sha256.hash([1])
        let path = [Digest](repeating: root, count: 64)
        #expect(!MerkleProof.isIncluded(root, at: 0, in: .max, root: root, path: path))
        #expect(
            !MerkleProof.isConsistent(old: 1, root: root, new: .max, root: root, proof: path))
    }
}
