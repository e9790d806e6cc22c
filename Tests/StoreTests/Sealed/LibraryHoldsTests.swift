import Dispatch
import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct LibraryHoldsTests {
    private let fixture: LibraryFixture
    private let manifest: Manifest
    private let copy: SealedCopy
    private let list: HoldList
    private let publisher = Fixture.key(7)
    private let mirror = Fixture.key(8).publicKey

    private var library: Library { fixture.library }

    init() throws {
        fixture = try LibraryFixture()
        manifest = try fixture.share()
        copy = try fixture.library.seal(manifest)
        list = try fixture.library.holdList(copy.list)
    }

    private func request(
        nonce: UInt8 = 1, list: BlobReference? = nil, size: UInt64 = 5 << 20,
        mirror: NodeKey? = nil
    ) throws -> HoldRequest {
        try HoldRequest.make(
            publisher: publisher.publicKey, mirror: mirror ?? self.mirror,
            list: list ?? copy.list, size: size, issued: 1, until: 9,
            nonce: [UInt8](repeating: nonce, count: 16))
    }

    @discardableResult
    private func hold(_ request: HoldRequest) throws -> HoldRequest {
        try library.add(hold: request.signed(by: publisher))
        return request
    }

    @Test func `ciphertext stays while any contract needs it, complete or not`() throws {
        let first = try hold(try request(nonce: 1))
        try library.completeHold(first.contract)
        let second = try hold(try request(nonce: 2))
        #expect(try library.holds(of: copy, by: publisher.publicKey).count == 2)
        #expect(try library.endHold(first.contract) == 0)
        for blob in list.blobs { #expect(try library.holds(blob.blob)) }
        // Sealed anew it would have another key, and all that was told of it were void.
        #expect(try library.seal(manifest) == copy)
        #expect(try library.endHold(second.contract) > 0)
        for blob in list.blobs { #expect(try !library.holds(blob.blob)) }
        #expect(try library.seal(manifest) != copy)
        #expect(throws: StoreError.self) { try library.endHold(second.contract) }
    }

    @Test func `room is what quota leaves beside what was promised`() throws {
        // The mirror's side: another home, which has none of it.
        let home = try LibraryFixture()
        let used = try home.library.index.usedBytes()
        try home.library.setPolicy("quota", "\(used + (10 << 20))")
        let first = try request(nonce: 1, size: 6 << 20)
        try home.library.requireRoom(toHold: first, at: mirror)
        try home.library.add(hold: first.signed(by: publisher))
        let second = try request(nonce: 2, list: list.blobs[0], size: 6 << 20)
        #expect(throws: StoreError.self) {
            try home.library.requireRoom(toHold: second, at: mirror)
        }
        try home.library.requireRoom(toHold: first, at: mirror)
        let small = try request(nonce: 3, list: list.blobs[0], size: 4 << 20)
        try home.library.requireRoom(toHold: small, at: mirror)
        // What is here need not come: a contract that goes on takes nothing more.
        try library.setPolicy("quota", "\(try library.index.usedBytes())")
        let sum = (list.size ?? 0) + copy.list.size
        try library.requireRoom(toHold: try request(size: sum), at: mirror)
        #expect(throws: StoreError.self) {
            try library.requireRoom(toHold: try request(size: sum + 1), at: mirror)
        }
    }

    @Test func `contracts that were taken back are remembered until their mirrors know`() throws {
        let contracts = try (1...3).map { try hold(try request(nonce: $0)).contract }
        for contract in contracts { try library.setEnding(contract, true) }
        try library.setEnding(contracts[1], true)
        try library.setEnding(contracts[0], false)
        #expect(try library.endingHolds() == contracts.dropFirst().sorted())
        try fixture.restart(LibraryFixture.loseIndex)
        #expect(try library.endingHolds() == contracts.dropFirst().sorted())
        try library.endHold(contracts[2])
        #expect(try library.endingHolds() == [contracts[1]])
    }

    @Test func `one publisher takes a part of the contracts, and of a list four`() throws {
        let asking = Fixture.key(9)
        func request(_ nonce: UInt8, _ list: BlobReference, by key: SigningKey) throws
            -> HoldRequest
        {
            try HoldRequest.make(
                publisher: key.publicKey, mirror: mirror, list: list, size: 10, issued: 1,
                until: 9, nonce: [UInt8](repeating: nonce, count: 16))
        }
        func hold(_ request: HoldRequest, by key: SigningKey) throws {
            try library.add(hold: request.signed(by: key))
        }
        let list = BlobReference(blob: Blake3.hash([1]), size: 9)
        let first = try (1...4).map { try request($0, list, by: asking) }
        for request in first { try hold(request, by: asking) }
        let fifth = #expect(throws: StoreError.self) {
            try hold(try request(5, list, by: asking), by: asking)
        }
        #expect(fifth?.description.contains("4 contracts over this list") == true)
        try library.endHold(first[0].contract)
        try hold(try request(5, list, by: asking), by: asking)
        // 512 contracts with it, each over a list of its own.
        let requests = try (5...Library.holdsOfOneMax).map { number in
            let name = Blake3.hash([1, UInt8(number & 255), UInt8(number >> 8)])
            return try request(9, BlobReference(blob: name, size: 9), by: asking)
        }
        try library.index.connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                for request in requests {
                    try Index.put(
                        hold: request.signed(by: asking).encode(),
                        contract: request.contract, connection)
                }
            }
        }
        let other = BlobReference(blob: Blake3.hash([2]), size: 9)
        let error = #expect(throws: StoreError.self) {
            try hold(try request(7, other, by: asking), by: asking)
        }
        #expect(error?.description.contains("512 contracts for it") == true)
        let others = try request(7, other, by: Fixture.key(10))
        try hold(others, by: Fixture.key(10))
        #expect(try library.hold(others.contract) != nil)
    }

    @Test func `contracts of one publisher name so many blobs and no more`() throws {
        let first = try hold(try request(nonce: 1))
        let second = try hold(
            try request(nonce: 2, list: BlobReference(blob: Blake3.hash([3]), size: 9)))
        func fill(_ count: Int) throws {
            _ = try library.index.connection.withLock { connection throws(StoreError) in
                try connection.run(
                    """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<?)
                    INSERT INTO hold_blobs SELECT ?, randomblob(32) FROM n
                    """, [.integer(Int64(count)), SQLValue(first.contract)])
            }
        }
        let own = list.blobs.count + 1
        let names = HoldList([BlobReference(blob: Blake3.hash([4]), size: 9)])
        try fill(Library.holdBlobsOfOneMax - own - 2)
        #expect(try !library.hasClaimed(second.contract))
        try library.claim(names, for: second)
        #expect(try library.hasClaimed(second.contract))
        #expect(try library.isClaimed(Blake3.hash([4])) && library.isClaimed(Blake3.hash([3])))
        #expect(try library.isClaimed(Blake3.hash([4]), by: second.publisher))
        #expect(try !library.isClaimed(Blake3.hash([4]), by: Fixture.key(99).publicKey))
        try fill(1)
        #expect(throws: StoreError.self) { try library.claim(names, for: second) }
    }

    @Test func `what a contract took stays here while it comes, and goes with it`() throws {
        let home = try LibraryFixture()
        let entry = try request()
        try home.library.add(hold: entry.signed(by: publisher))
        let blob = try home.library.importBytes([1, 2, 3]).id
        try home.library.claim(
            HoldList([BlobReference(blob: blob, size: 3)]), for: entry)
        #expect(try home.library.discard(blob) == 0)
        #expect(try home.library.publishers(holding: blob).isEmpty)
        #expect(try home.library.endHold(entry.contract) == 3)
        #expect(try !home.library.holds(blob) && !home.library.isClaimed(blob))
    }

    @Test func `contracts that end at the same time are all remembered`() throws {
        let contracts = try (1...4).map { try hold(try request(nonce: $0)).contract }
        let library = library
        DispatchQueue.concurrentPerform(iterations: 4) { index in
            try? library.setEnding(contracts[index], true)
        }
        #expect(try library.endingHolds() == contracts.sorted())
        for contract in contracts { try library.setEnding(contract, false) }
        #expect(try library.endingHolds().isEmpty)
        #expect(try !library.index.policies().contains { $0.name.hasPrefix("hold-ending") })
    }

    @Test func `a blob under a contract has its publisher's name`() throws {
        let request = try hold(try request())
        let blob = list.blobs[0].blob
        #expect(try library.publishers(holding: blob).isEmpty)
        try library.completeHold(request.contract)
        #expect(try library.publishers(holding: blob) == [publisher.publicKey])
        #expect(try library.publishers(holding: manifest.layer).isEmpty)
        try library.endHold(request.contract)
        #expect(try library.publishers(holding: blob).isEmpty)
    }
}
