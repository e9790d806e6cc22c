import Host
import Store
import Swarm
import Testing
import Wire

@testable import Node

@Suite("Parts at the port to the store")
struct StorePortPartsTests {
    private let home: HomeFixture
    private let port: StorePort
    private let inputs = Lock([Input]())
    private let news = Semaphore()
    private let bytes: [UInt8]
    private let layer: GroupLayer

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
        let bytes = Laboratory.bytes(1 << 20 + 300_000)
        var hasher = TreeHasher()
        hasher.update(bytes.span.bytes)
        let summary = hasher.finish()
        layer = try GroupLayer(id: summary.id, size: summary.size, values: summary.groupValues)
        self.bytes = bytes
    }

    private func wait<Result>(_ find: (Input) -> Result?) throws -> Result {
        try Laboratory.wait(for: news) { inputs.withLock { $0.lazy.compactMap(find).first } }
    }

    private func request(_ number: UInt64, _ group: UInt64, _ leaves: Range<Int>) -> GroupRequest {
        GroupRequest(request: number, layer: layer.id, blob: layer.id, group: group, leaves: leaves)
    }

    /// What a holder sends for a part.
    private func served(_ request: GroupRequest) throws -> [UInt8] {
        let (done, result) = (Semaphore(), Lock<[UInt8]?>(nil))
        port.read(request, into: Buffer(capacity: LinkShared.bufferBytes)) { buffer, found in
            if found == .plain { result.withLock { $0 = buffer.bytes(0..<buffer.count) } }
            done.signal()
        }
        #expect(done.wait(milliseconds: 5000))
        return try #require(result.withLock { $0 })
    }

    /// A part comes as a link lane hands it on.
    private func arrive(_ request: GroupRequest) throws {
        let part = try #require(request.part(size: layer.size))
        let range = HashTree.groupRange(part.group, size: layer.size)
        let group = Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
        let sent = Array(group[part.byteRange]) + part.path(inGroup: group.span.bytes)
        let buffer = Buffer(capacity: LinkShared.bufferBytes)
        buffer.store(sent, at: 0)
        buffer.count = sent.count
        let found = layer.leafValues(ifMatching: sent.span.bytes, as: part)
        let values = try #require(found)
        port.take(
            .proven(
                VerifiedGroup(session: 1, request: request, buffer: buffer, leafValues: values))
        ) { _ in }
    }

    private func outcome(of number: UInt64) throws -> Input {
        try wait { input in
            switch input {
            case .groupStored(1, number, _, _), .partKept(1, number, _, _): input
            default: nil
            }
        }
    }

    @Test func `a group is written with its last part, and nothing of it before`() throws {
        port.open(layer.id, size: layer.size)
        _ = try wait { input in if case .blobOpened = input { true } else { nil } }
        port.save(layer)
        try arrive(request(1, 0, 0..<32))
        guard case .partKept(_, _, 524_288, 524_320) = try outcome(of: 1) else {
            Issue.record("not kept")
            return
        }
        #expect(port.shelf.count == 1)
        try arrive(request(2, 0, 32..<64))
        try arrive(request(3, 1, 0..<16))
        try arrive(request(4, 1, 16..<19))
        for number in [2, 4] as [UInt64] {
            guard case .groupStored = try outcome(of: number) else {
                Issue.record("\(number) is not stored")
                return
            }
        }
        // Another copy of a part that comes too late changes nothing.
        try arrive(request(5, 0, 0..<8))
        guard case .groupStored = try outcome(of: 5) else {
            Issue.record("it is here")
            return
        }
        #expect(port.shelf.count == 0)
        port.complete(layer.id)
        _ = try wait { input in if case .blobCompleted = input { true } else { nil } }
        let reader = try BlobReader(layer.id, layout: home.layout)
        #expect(try reader.readAll(limit: 4 << 20) == bytes)
        // And is given out in parts.
        let again = try served(request(6, 1, 16..<19))
        let part = try #require(request(6, 1, 16..<19).part(size: layer.size))
        #expect(layer.leafValues(ifMatching: again.span.bytes, as: part) != nil)
        port.close()
    }

    @Test func `what is let go is forgotten`() throws {
        port.open(layer.id, size: layer.size)
        _ = try wait { input in if case .blobOpened = input { true } else { nil } }
        port.save(layer)
        for (number, group) in [(1, 0), (2, 1)] as [(UInt64, UInt64)] {
            try arrive(request(number, group, 0..<4))
            _ = try outcome(of: number)
        }
        #expect(port.shelf.count == 2)
        port.dropParts(of: layer.id, group: 0)
        port.release(layer.id)
        port.close()
        #expect(port.shelf.count == 0)
    }
}
