import Host
import Store
import Swarm
import Testing
import Wire

@testable import Node

@Suite("The port to the store")
struct StorePortTests {
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

    /// Waits for an answer that `find` accepts.
    private func wait<Result>(_ find: (Input) -> Result?) throws -> Result {
        try Laboratory.wait(for: news) { inputs.withLock { $0.lazy.compactMap(find).first } }
    }

    @Test func `a blob is opened, filled by proven groups and completed`() throws {
        let bytes = Laboratory.bytes(2 << 20 + 9)
        var hasher = TreeHasher()
        hasher.update(bytes.span.bytes)
        let summary = hasher.finish()
        let layer = try GroupLayer(
            id: summary.id, size: summary.size, values: summary.groupValues)
        port.open(summary.id, size: summary.size)
        let bitmap: [UInt8] = try wait { input in
            if case .blobOpened(_, .partial(let bitmap, nil, _)) = input { bitmap } else { nil }
        }
        #expect(bitmap.allSatisfy { $0 == 0 })
        port.save(layer)
        let returned = Lock(0)
        for index in 0..<layer.count {
            let range = HashTree.groupRange(index, size: summary.size)
            let buffer = Buffer(capacity: LinkShared.bufferBytes)
            buffer.store(Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]), at: 0)
            buffer.count = range.count
            let values = try #require(
                buffer.withSpan(0..<range.count) {
                    layer.leafValues(ifMatching: $0, at: index)
                })
            let request = GroupRequest(
                request: UInt64(index), layer: summary.id, blob: summary.id,
                group: UInt64(index))
            port.take(
                .proven(
                    VerifiedGroup(
                        session: 1, request: request, buffer: buffer, leafValues: values))
            ) { _ in returned.withLock { $0 += 1 } }
        }
        for index in 0..<UInt64(layer.count) {
            _ = try wait { input in
                if case .groupStored(1, index, _, _) = input { true } else { nil }
            }
        }
        port.complete(summary.id)
        _ = try wait { input in
            if case .blobCompleted(summary.id) = input { true } else { nil }
        }
        #expect(returned.withLock { $0 } == 3)
        let reader = try BlobReader(summary.id, layout: home.layout)
        #expect(try reader.readAll(limit: 4 << 20) == bytes)
        port.open(summary.id, size: summary.size)
        _ = try wait { input in
            if case .blobOpened(_, .complete) = input { true } else { nil }
        }
        try expectServed(summary.id, bytes)
        port.close()
    }

    /// A request for some leaves of a group, as a peer sends it.
    private static func request(
        _ blob: Digest, group: UInt8, firstLeaf: UInt8, leafCount: UInt8
    ) throws -> GroupRequest {
        let bytes = [38, 1] + blob.bytes + blob.bytes + [group, firstLeaf, leafCount]
        guard case .get(let request) = try Message(bytes: bytes) else {
            throw WireError.invalid("request")
        }
        return request
    }

    /// Whole groups, single leaves and pages of what is here; nothing of what is not.
    private func expectServed(_ blob: Digest, _ bytes: [UInt8]) throws {
        func read(_ request: GroupRequest) throws -> [UInt8]? {
            let (done, result) = (Semaphore(), Lock<[UInt8]?>(nil))
            port.read(request, into: Buffer(capacity: LinkShared.bufferBytes)) { buffer, found in
                if found == .plain { result.withLock { $0 = buffer.bytes(0..<buffer.count) } }
                done.signal()
            }
            #expect(done.wait(milliseconds: 5000))
            return result.withLock { $0 }
        }
        let whole = GroupRequest(request: 1, layer: blob, blob: blob, group: 1)
        #expect(try read(whole) == Array(bytes[(1 << 20)..<(2 << 20)]))
        let leaves = try Self.request(blob, group: 0, firstLeaf: 2, leafCount: 3)
        #expect(try read(leaves) == Array(bytes[32_768..<81_920]))
        let beyond = try Self.request(blob, group: 2, firstLeaf: 60, leafCount: 4)
        #expect(try read(beyond)?.isEmpty == true)
        let absent = Digest(words: (1, 1, 1, 1))
        #expect(try read(GroupRequest(request: 1, layer: absent, blob: absent, group: 0)) == nil)
        let (done, pages) = (Semaphore(), Lock([[UInt8]]()))
        for (id, page) in [(blob, 0), (blob, 9), (absent, 0)] as [(Digest, UInt64)] {
            port.page(id, page) { bytes in
                pages.withLock { $0.append(bytes) }
                done.signal()
            }
            done.wait()
        }
        #expect(pages.withLock { $0.map(\.isEmpty) } == [false, true, true])
    }

    @Test func `a manifest that lies about a size is refused`() throws {
        let blob = try home.service.library.importBytes([1, 2, 3])
        port.open(blob.id, size: 4)
        let problem: StoreProblem = try wait { input in
            if case .blobOpened(_, .failed(let problem)) = input { problem } else { nil }
        }
        #expect(problem.reason.contains("size"))
        port.close()
    }

    @Test func `records are checked, kept once and listed`() throws {
        let key = try home.hear(of: "poems", layer: 5)
        let known = try home.service.catalogue.announcements(of: Digest(words: (5, 2, 3, 4)))
        #expect(known.map(\.publisher) == [key])
        port.verify(batch: 1, known)
        #expect(
            try wait { if case .recordsVerified(1, let valid) = $0 { valid } else { nil } }
                == [true])
        port.store(batch: 2, known)
        let outcomes: [StoreOutcome] = try wait { input in
            if case .recordsStored(2, let outcomes) = input { outcomes } else { nil }
        }
        #expect(outcomes == [.superseded])
        port.listIdentifiers(3, after: nil)
        let page: IdentifierPage = try wait { input in
            if case .identifiersListed(3, let page) = input { page } else { nil }
        }
        #expect(page.ids == known.map(\.id) && page.isLast)
        port.filterMissing(4, [known[0].id, Digest(words: (1, 1, 1, 1))])
        let missing: [Digest] = try wait { input in
            if case .identifiersMissing(4, let ids) = input { ids } else { nil }
        }
        #expect(missing == [Digest(words: (1, 1, 1, 1))])
        port.close()
    }

    @Test func `only who the owner knows has layers judged again, and only by what changes`() throws
    {
        let (stranger, trusted) = (
            SigningKey(seed: [UInt8](repeating: 5, count: 32))!,
            SigningKey(seed: [UInt8](repeating: 6, count: 32))!
        )
        let node = home.service.keys.node.publicKey
        try home.service.library.setTrust(trusted.publicKey, isTrusted: true)
        _ = port.takeDelegations()
        func record(
            _ key: SigningKey, _ content: RecordContent, lasts: Bool = false
        ) throws -> Record {
            let now = Clock.wallMilliseconds()
            let unsigned = UnsignedRecord(
                publisher: key.publicKey, sequence: now, issued: now,
                expires: lasts ? .max : now + 86_400_000, content: content)
            return try unsigned.signed(key.sign(unsigned.signingInput))
        }
        /// How often the core was told whom this node acts for, once all is done.
        func told(after records: [Record]) throws -> Int {
            inputs.withLock { $0 = [] }
            port.store(batch: 1, records)
            // The first answer comes behind the records, the second behind what they set off.
            for session in [SessionNumber(7), 8] {
                port.listIdentifiers(session, after: nil)
                _ = try wait { input in
                    if case .identifiersListed(session, _) = input { true } else { nil }
                }
            }
            return inputs.withLock { all in
                all.count { if case .delegations = $0 { true } else { false } }
            }
        }
        let word = RecordContent.delegation(
            DelegationContent(key: node, rights: [.fetch], label: nil))
        #expect(try told(after: [try record(stranger, word)]) == 0)
        #expect(try told(after: [try record(trusted, word)]) == 1)
        let end = RecordContent.keyRevocation(
            KeyRevocationContent(successor: nil, reason: nil))
        #expect(try told(after: [try record(stranger, end, lasts: true)]) == 0)
        #expect(try told(after: [try record(trusted, end, lasts: true)]) == 1)
        port.close()
    }
}
