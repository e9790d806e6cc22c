import Host
import Store
import Swarm
import Testing
import Wire

@testable import Node

@Suite("Groups that leave and come coded")
struct StorePortCodingTests {
    private let home: HomeFixture
    private let port: StorePort
    private let inputs = Lock([Input]())
    private let news = Semaphore()

    init() throws {
        home = try HomeFixture()
        let (inputs, news) = (inputs, news)
        port = try StorePort(
            library: home.service.library, catalogue: home.service.catalogue,
            keys: home.service.keys
        ) { input in
            inputs.withLock { $0.append(input) }
            news.signal()
        }
    }

    private func wait<Result>(_ find: (Input) -> Result?) throws -> Result {
        try Laboratory.wait(for: news) { inputs.withLock { $0.lazy.compactMap(find).first } }
    }

    private func read(
        _ blob: Digest, _ accepts: AcceptedCodings?
    ) throws -> (found: ReadGroup, bytes: [UInt8]) {
        let (done, result) = (Semaphore(), Lock<(ReadGroup, [UInt8])?>(nil))
        let request = GroupRequest(
            request: 1, layer: blob, blob: blob, group: 0, accepts: accepts)
        port.read(request, into: Buffer(capacity: LinkShared.bufferBytes)) { buffer, found in
            result.withLock { $0 = (found, buffer.bytes(0..<buffer.count)) }
            done.signal()
        }
        #expect(done.wait(milliseconds: 20_000))
        return try #require(result.withLock { $0 })
    }

    /// A blob of which nothing is here yet, with its group layer, and its first bytes.
    private func opened(_ bytes: [UInt8]) throws -> GroupLayer {
        var hasher = TreeHasher()
        hasher.update(bytes.span.bytes)
        let summary = hasher.finish()
        let layer = try GroupLayer(
            id: summary.id, size: summary.size, values: summary.groupValues)
        port.open(summary.id, size: summary.size)
        _ = try wait { input in
            if case .blobOpened(summary.id, .partial) = input { true } else { nil }
        }
        port.save(layer)
        return layer
    }

    /// Lets a coded first group come as the answer to a request of this number.
    private func come(
        _ coding: GroupCoding, _ bytes: [UInt8], of layer: GroupLayer, request number: UInt64,
        _ accepts: AcceptedCodings
    ) {
        let buffer = Buffer(capacity: LinkShared.bufferBytes)
        buffer.store(bytes, at: 0)
        buffer.count = bytes.count
        let request = GroupRequest(
            request: number, layer: layer.id, blob: layer.id, group: 0, accepts: accepts)
        port.take(
            .coded(
                CodedGroup(
                    session: 1, request: request, layer: layer, coding: coding, buffer: buffer))
        ) { _ in }
    }

    private func outcome(of number: UInt64) throws -> Input {
        try wait { input in
            switch input {
            case .groupStored(1, number, _, _), .groupRefuted(1, number),
                .groupUnreadable(1, number):
                input
            default: nil
            }
        }
    }

    @Test func `weights leave coded where that is asked, and are decoded and proven`() throws {
        let weights = TrainedWeights(mebibytes: 4).bytes
        let other = try HomeFixture()
        let blob = try home.service.library.importBytes(weights).id
        #expect(try read(blob, nil) == (.plain, Array(weights[..<(1 << 20)])))
        let dense = try read(blob, AcceptedCodings())
        #expect(dense.found == .coded(.dense) && dense.bytes.count < 720_000)
        #expect(try read(blob, AcceptedCodings()).bytes == dense.bytes, "by the plan that is kept")
        let noise = try home.service.library.importBytes(Laboratory.bytes(100_000)).id
        #expect(try read(noise, AcceptedCodings()).found == .plain)

        // Another node takes it in.
        let (inputs, news) = (inputs, news)
        let taking = try StorePort(
            library: other.service.library, catalogue: other.service.catalogue,
            keys: other.service.keys
        ) { input in
            inputs.withLock { $0.append(input) }
            news.signal()
        }
        defer { taking.close() }
        var hasher = TreeHasher()
        hasher.update(weights.span.bytes)
        let summary = hasher.finish()
        let layer = try GroupLayer(
            id: summary.id, size: summary.size, values: summary.groupValues)
        taking.open(blob, size: summary.size)
        _ = try wait { if case .blobOpened(blob, .partial) = $0 { true } else { nil } }
        taking.save(layer)
        let buffer = Buffer(capacity: LinkShared.bufferBytes)
        buffer.store(dense.bytes, at: 0)
        buffer.count = dense.bytes.count
        let request = GroupRequest(
            request: 9, layer: blob, blob: blob, group: 0, accepts: AcceptedCodings())
        taking.take(
            .coded(
                CodedGroup(
                    session: 1, request: request, layer: layer, coding: .dense, buffer: buffer))
        ) { _ in }
        guard case .groupStored(1, 9, 1_048_576, let wire) = try outcome(of: 9) else {
            Issue.record("it was not taken")
            return
        }
        #expect(wire == UInt64(dense.bytes.count))
        // What has come is given on in the same way, from what is here of the file.
        let (done, found) = (Semaphore(), Lock<ReadGroup?>(nil))
        taking.read(request, into: Buffer(capacity: LinkShared.bufferBytes)) { _, outcome in
            found.withLock { $0 = outcome }
            done.signal()
        }
        #expect(done.wait(milliseconds: 20_000))
        #expect(found.withLock { $0 } == .coded(.dense))
        port.close()
    }

    @Test func `a dense group that is bent is the sender's fault, steps are nobody's`() throws {
        let base = TrainedWeights(mebibytes: 2)
        let tuned = base.tuned().bytes
        let parent = try home.service.library.importBytes(base.bytes).id
        let source = try home.service.library.importBytes(tuned).id
        let accepts = AcceptedCodings(parents: .init(layer: parent, blobs: [parent]))
        let delta = try read(source, accepts)
        let dense = try read(source, AcceptedCodings())
        #expect(delta.found == .coded(.delta) && delta.bytes.count < 300_000)
        // A file that this home does not have, and that begins with the same group.
        let longer = tuned + [7]
        let layer = try opened(longer)
        func bent(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            bytes[bytes.count / 2] ^= 1
            return bytes
        }
        come(.dense, bent(dense.bytes), of: layer, request: 1, AcceptedCodings())
        come(.dense, Array(dense.bytes.dropLast()), of: layer, request: 2, AcceptedCodings())
        come(.dense, delta.bytes, of: layer, request: 3, accepts)
        come(.delta, bent(delta.bytes), of: layer, request: 4, accepts)
        come(.delta, Array(delta.bytes.dropLast()), of: layer, request: 5, accepts)
        let missing = AcceptedCodings(
            parents: .init(layer: parent, blobs: [Digest(words: (1, 1, 1, 1))]))
        come(.delta, delta.bytes, of: layer, request: 6, missing)
        for number in 1...3 as ClosedRange<UInt64> {
            guard case .groupRefuted = try outcome(of: number) else {
                Issue.record("\(number) is not refuted")
                continue
            }
        }
        for number in 4...6 as ClosedRange<UInt64> {
            guard case .groupUnreadable = try outcome(of: number) else {
                Issue.record("\(number) is blamed or taken")
                continue
            }
        }
        come(.delta, delta.bytes, of: layer, request: 7, accepts)
        guard case .groupStored = try outcome(of: 7) else {
            Issue.record("a good one is not taken")
            return
        }
        port.close()
    }
}
