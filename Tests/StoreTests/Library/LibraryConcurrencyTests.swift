import Genome
import Host
import Testing
import Wire

@testable import Store

/// Many lanes at one store at once; the thread sanitizer looks on where it is built in.
@Suite struct LibraryConcurrencyTests {
    private static let lanes = 6
    private static let rounds = 25

    /// What one lane does: brings layers that share blobs with those of others, and takes them
    /// away again.
    private static func work(_ lane: Int, _ library: Library, shared: [[UInt8]]) throws {
        for round in 0..<rounds {
            let own = Scratch.bytes(2_000, seed: UInt64(lane * 1_000 + round + 100))
            let common = shared[(lane + round) % shared.count]
            let blobs = try library.importSmall([own, common])
            let manifest = try library.add(
                try Fixture.envelope(
                    [("own", blobs[0]), ("common", blobs[1])], name: "l\(lane)r\(round)"),
                origin: round % 3 == 0 ? .fetched : .own)
            // What a layer lists is readable for as long as it is here.
            for blob in manifest.blobs {
                _ = try BlobReader(blob.blob, layout: library.layout).readAll(limit: 1 << 20)
            }
            if round % 4 == 0 { try library.setPin(manifest.layer, isPinned: true) }
            if round % 2 == 0 { try library.remove(manifest.layer) }
            if round % 5 == 0 { try library.collect() }
        }
    }

    @Test func `lanes that share blobs never lose what a layer lists`() throws {
        let fixture = try LibraryFixture()
        let library = fixture.library
        let shared = (1...5).map { Scratch.bytes(3_000, seed: UInt64($0)) }
        let problems = Lock<[String]>([])
        let threads = try (0..<Self.lanes).map { lane in
            try Thread("lane \(lane)") { [shared] in
                do {
                    try Self.work(lane, library, shared: shared)
                } catch {
                    problems.withLock { $0.append("lane \(lane): \(error)") }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(problems.withLock { $0 } == [])
        let index = library.index
        #expect(try index.accounts().rows == index.countedAccounts())
        #expect(try index.usedBytes() == fixture.bytesOnDisk())
        #expect(try index.layers().count == Self.lanes * (Self.rounds / 2))
        for layer in try index.layers() {
            #expect(try library.verify(layer.id).allSatisfy(\.isSound))
        }
        try library.collect(now: Clock.wallMilliseconds() + 9 * 86_400_000)
        #expect(try index.usedBytes() == fixture.bytesOnDisk())
        #expect(try library.examine().filter { !$0.isSound } == [])
    }

    @Test func `fetches of one quota together never take more than it`() throws {
        let fixture = try LibraryFixture()
        let library = fixture.library
        let quota: UInt64 = 40_000
        try library.setQuota(.cache, quota)
        let refused = Lock(0)
        let highest = Lock<UInt64>(0)
        let threads = try (0..<Self.lanes).map { lane in
            try Thread("lane \(lane)") {
                for round in 0..<Self.rounds {
                    let id = Blake3.hash([UInt8(lane), UInt8(round)])
                    if (try? library.partial(id, size: 3_000)) == nil {
                        refused.withLock { $0 += 1 }
                    }
                    let used = (try? library.index.accounts().used(.cache)) ?? .max
                    highest.withLock { $0 = max($0, used) }
                    if round % 3 == 0 { _ = try? library.discard(id) }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(highest.withLock { $0 } <= quota)
        #expect(refused.withLock { $0 } > 0)
        #expect(try library.index.accounts().used(.cache) <= quota)
        #expect(try library.index.usedBytes() == fixture.bytesOnDisk())
    }
}
