import Genome
import Testing
import Wire

@Suite("A hold request")
struct HoldRequestTests {
    private let mirror = Fixtures.key(filledWith: 8).publicKey

    private func request(
        until: Int64 = 2_000, list: UInt64 = 50, size: UInt64 = 500
    ) throws -> HoldRequest {
        try HoldRequest.make(
            publisher: Fixtures.publisher.publicKey, mirror: mirror,
            list: BlobReference(blob: Fixtures.digest(1), size: list), size: size, issued: 1_000,
            until: until, nonce: [UInt8](repeating: 3, count: 16))
    }

    @Test("is signed by its publisher and names the contract by its bytes")
    func signed() throws {
        let request = try request()
        let envelope = request.signed(by: Fixtures.publisher)
        #expect(try HoldRequest.verified(in: envelope) == request)
        #expect(request.contract == Blake3.hash(request.bytes))
        let forged = Envelope.signed(
            request.bytes, type: HoldRequest.payloadType, by: Fixtures.key(filledWith: 9))
        #expect(Fixtures.fault { _ = try HoldRequest.verified(in: forged) } != nil)
    }

    @Test("asks for a time and for bytes that make sense")
    func bounds() throws {
        #expect(Fixtures.fault { _ = try request(until: 1_000) } != nil)
        #expect(
            Fixtures.fault { _ = try request(until: 1_001 + HoldRequest.secondsMax) } != nil)
        #expect(Fixtures.fault { _ = try request(list: 501) } != nil)
        #expect(
            Fixtures.fault { _ = try request(list: HoldList.bytesMax + 1, size: 1 << 40) } != nil)
    }

    @Test("has a list in one form only")
    func list() throws {
        let blobs = [3, 1, 2].map {
            BlobReference(blob: Fixtures.digest($0), size: UInt64($0))
        }
        let list = HoldList(blobs + blobs)
        #expect(list.blobs.map(\.size) == [1, 2, 3] && list.size == 6)
        #expect(try HoldList.decode(list.bytes) == list)
        let other = CanonicalJSON.write(["blobs": .array(blobs.map(\.json))])
        #expect(Fixtures.fault { _ = try HoldList.decode(other) } != nil)
    }
}
