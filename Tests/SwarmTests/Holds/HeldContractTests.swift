import Genome
import Testing
import Wire

@testable import Swarm

/// Contracts of the nodes of seeds, for tests of the core.
enum HoldSample {
    static let now = Int64(Driver.wallStart / 1_000)

    static func blob(_ number: UInt64) -> BlobReference {
        BlobReference(blob: Digest(words: (number, 7, 7, 7)), size: 1_000 + number)
    }

    /// A request of one seed's node to another's, with the bytes of its envelope.
    static func request(
        from publisher: UInt8 = 1, to mirror: UInt8 = 2, until: Int64 = now + 1_000,
        nonce: UInt8 = 3, signedBy signer: UInt8? = nil
    ) throws -> (request: HoldRequest, envelope: [UInt8]) {
        let request = try HoldRequest.make(
            publisher: Driver.key(publisher).publicKey, mirror: Driver.key(mirror).publicKey,
            list: blob(0), size: 9_000, issued: now - 10, until: until,
            nonce: [UInt8](repeating: nonce, count: 16))
        let envelope = Envelope.signed(
            request.bytes, type: HoldRequest.payloadType, by: Driver.key(signer ?? publisher))
        return (request, envelope.encode())
    }
}

@Suite struct HeldContractTests {
    private let contract: HeldContract
    private let mirror = Driver.key(2).publicKey
    private let publisher = Driver.key(1).publicKey
    private let stranger = Driver.key(9).publicKey

    init() throws {
        let (request, _) = try HoldSample.request()
        contract = HeldContract(request, blobs: (0..<5).map { HoldSample.blob($0) })
    }

    private func size(
        _ blob: UInt64, from node: NodeKey, to peer: NodeKey, at time: Int64 = HoldSample.now
    ) -> UInt64? {
        contract.size(of: HoldSample.blob(blob).blob, from: node, to: peer, at: time)
    }

    @Test func `a mirror gives its blobs to everyone who names them, until the end`() {
        for blob in 0..<5 as Range<UInt64> {
            #expect(size(blob, from: mirror, to: stranger) == 1_000 + blob)
        }
        #expect(size(5, from: mirror, to: stranger) == nil)
        #expect(size(1, from: mirror, to: stranger, at: HoldSample.now + 1_000) == nil)
    }

    @Test func `a publisher gives them to the mirror alone, and others give nothing`() {
        #expect(size(1, from: publisher, to: mirror) == 1_001)
        #expect(size(1, from: publisher, to: stranger) == nil)
        #expect(size(1, from: stranger, to: mirror) == nil)
    }
}
