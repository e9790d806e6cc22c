import Testing
import Wire

@testable import Node

@Suite("Records that wait for their places")
struct ArrivedRecordsTests {
    private func record(_ seed: UInt8, slot: UInt64 = 1, ends: Bool = false) throws -> Record {
        let key = try #require(SigningKey(seed: [UInt8](repeating: seed, count: 32)))
        let content = LayerContent(
            layer: Digest(words: (slot, 1, 1, 1)), manifestSize: 9, type: "lora", name: "layer",
            version: "1.0.0", licence: "MIT", size: 7, files: 1)
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: 1, issued: 1_800_000_000_000,
            expires: ends ? .max : 1_800_000_900_000,
            content: ends
                ? .keyRevocation(KeyRevocationContent(successor: nil, reason: nil))
                : .layer(content))
        return try unsigned.signed(key.sign(unsigned.signingInput))
    }

    private func numbers(_ arrived: inout ArrivedRecords) -> [[UInt64]] {
        var all: [[UInt64]] = []
        var now: UInt64 = 0
        while true {
            // Each long after the one before.
            now += 2 * ArrivedRecords.pause
            let batches = arrived.takeNext(now: now)
            if batches.isEmpty { return all }
            all.append(batches.map(\.number))
        }
    }

    @Test("are placed together, but never two of one place, and the end of a key alone")
    func together() throws {
        var arrived = ArrivedRecords()
        arrived.add(.init(number: 1, records: [try record(1)]))
        arrived.add(.init(number: 2, records: [try record(2), try record(2, slot: 2)]))
        arrived.add(.init(number: 3, records: [try record(1)]))
        arrived.add(.init(number: 4, records: [try record(3, ends: true)]))
        arrived.add(.init(number: 5, records: [try record(3)]))
        #expect(numbers(&arrived) == [[1, 2], [3], [4], [5]])
    }

    @Test("are so many at a time, and a batch is never cut")
    func most() throws {
        var arrived = ArrivedRecords()
        let half = ArrivedRecords.togetherMax / 2 + 1
        for number in 1...3 {
            let records = [Record](
                repeating: try record(UInt8(number)), count: number == 3 ? 3 * half : half)
            arrived.add(.init(number: UInt64(number), records: records))
        }
        #expect(numbers(&arrived) == [[1], [2], [3]])
    }

    @Test("wait for more behind many, and not behind news")
    func pause() throws {
        var arrived = ArrivedRecords()
        let one = [try record(1)]
        func many(_ seed: UInt8, _ count: Int) throws -> [Record] {
            [Record](repeating: try record(seed), count: count)
        }
        arrived.add(.init(number: 1, records: one))
        #expect(arrived.takeNext(now: 5).map(\.number) == [1])
        arrived.add(.init(number: 2, records: try many(2, ArrivedRecords.fillingMin)))
        #expect(arrived.takeNext(now: 6).map(\.number) == [2])
        arrived.add(.init(number: 3, records: one))
        #expect(arrived.takeNext(now: 7).isEmpty && !arrived.isEmpty)
        #expect(arrived.takeNext(now: 6 + ArrivedRecords.pause).map(\.number) == [3])
        // Neither do as many as fit.
        arrived.add(.init(number: 4, records: try many(2, ArrivedRecords.fillingMin)))
        #expect(arrived.takeNext(now: 1 << 40).map(\.number) == [4])
        arrived.add(.init(number: 5, records: try many(3, ArrivedRecords.togetherMax)))
        #expect(arrived.takeNext(now: 1 << 40).map(\.number) == [5])
        #expect(arrived.isEmpty)
    }
}
