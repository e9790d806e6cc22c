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
        #expect(try library.endingHolds() == Array(contracts.dropFirst()))
        try fixture.restart(LibraryFixture.loseIndex)
        #expect(try library.endingHolds() == Array(contracts.dropFirst()))
        try library.endHold(contracts[2])
        #expect(try library.endingHolds() == [contracts[1]])
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
