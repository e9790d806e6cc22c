import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct SealedPlaceTests {
    private let secret = [UInt8](repeating: 9, count: 32)
    private let key = FileKey.random()

    private func place(copies: Int = 2) throws -> SealedPlace {
        let header = try #require(
            AgeHeader(wrapping: key, for: Sodium.exchangePublicKey(secret: secret)))
        return SealedPlace(
            index: HoldSample.blob(1),
            copies: (0..<copies).map { number in
                .init(
                    mirror: Driver.key(UInt8(number + 1)).publicKey,
                    contract: Digest(words: (UInt64(number), 1, 1, 1)))
            }, header: header)
    }

    private func body(_ place: SealedPlace) -> JSONObject {
        var body = JSONObject()
        body["grantee"] = .string(Driver.key(3).publicKey.base32)
        body["commands"] = ["read"]
        place.write(to: &body)
        return body
    }

    @Test func `a grant tells where a layer lies, with a contract for each mirror`() throws {
        let place = try place()
        let statement = try Statement.make(
            kind: .grant, layer: Digest(words: (1, 2, 3, 4)),
            publisher: Driver.key(1).publicKey, sequence: 1, issued: 1, body: body(place))
        let read = try #require(Grant(statement)?.sealed)
        #expect(read == place && read.header.unwrapped(secret: secret) == key)
        #expect(read.header.unwrapped(secret: [UInt8](repeating: 8, count: 32)) == nil)
        #expect(Set(read.copies.map(\.contract)).count == 2)
    }

    @Test func `a grant without a whole place names none`() throws {
        let whole = body(try place())
        for name in ["header", "sealed"] {
            var part = whole
            part[name] = nil
            #expect(SealedPlace(part) == nil)
        }
        for name in ["index", "copies"] {
            var part = whole
            var sealed = try #require(part["sealed"]?.object)
            sealed[name] = nil
            part["sealed"] = .object(sealed)
            #expect(SealedPlace(part) == nil)
        }
        var longer = whole
        let header = try place().header.bytes
        longer["header"] = .string(Base64.encode(header + [10]))
        #expect(SealedPlace(longer) == nil)
    }

    @Test func `no more mirrors are named than a grant has room for`() throws {
        let place = try place(copies: 20)
        #expect(place.copies.count == StatementSchema.copiesMax)
        #expect(SealedPlace(body(place)) == place)
    }
}
