import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct ChallengeRoundTests {
    @Test func `a blob is drawn as often as it is large`() {
        let blobs = [100, 0, 300, 600].enumerated().map { index, size in
            BlobReference(blob: Digest(words: (UInt64(index), 0, 0, 0)), size: UInt64(size))
        }
        let subject = ChallengeSubject(
            id: blobs[0].blob, blobs: blobs, contracts: nil, isOwn: true)
        var generator = SeededGenerator(seed: 4)
        var counts: [Digest: Int] = [:]
        for _ in 0..<10_000 {
            if let blob = subject.blob(&generator) { counts[blob.blob, default: 0] += 1 }
        }
        for blob in blobs {
            #expect(abs(counts[blob.blob, default: 0] - Int(blob.size) * 10) < 200)
        }
        let empty = ChallengeSubject(
            id: blobs[0].blob, blobs: [blobs[1]], contracts: nil, isOwn: true)
        #expect(empty.blob(&generator) == nil)
    }
}
