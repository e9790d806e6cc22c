import Genome
import Testing
import Wire

@Suite("A bootstrap list")
struct BootstrapListTests {
    private let network = Fixtures.digest(9)

    private func list(
        sequence: UInt64 = 1, issued: Int64 = 1_000, expires: Int64 = 2_000,
        entries: [BootstrapList.Entry]? = nil
    ) throws -> BootstrapList {
        try BootstrapList.make(
            network: network, publisher: Fixtures.publisher.publicKey, sequence: sequence,
            issued: issued, expires: expires, entries: entries ?? [entry(1), entry(2)])
    }

    private func entry(_ number: UInt8) -> BootstrapList.Entry {
        let endpoint = Endpoint(bytes: [203, 0, 113, number], port: 4747)
        return .init(
            key: Fixtures.key(filledWith: number).publicKey, endpoints: endpoint.map { [$0] } ?? [])
    }

    @Test("comes back as it was signed")
    func signed() throws {
        let list = try list()
        #expect(try BootstrapList.verified(in: list.signed(by: Fixtures.publisher)) == list)
        #expect(try BootstrapList.decode(list.bytes) == list)
        #expect(list.entries == [entry(1), entry(2)])
        let forged = Envelope.signed(
            list.bytes, type: BootstrapList.payloadType, by: Fixtures.key(filledWith: 9))
        #expect(Fixtures.fault { _ = try BootstrapList.verified(in: forged) } != nil)
    }

    @Test("has at least one node, each once, and a life of a year at most")
    func bounds() throws {
        #expect(Fixtures.fault { _ = try list(entries: []) } != nil)
        #expect(Fixtures.fault { _ = try list(entries: [entry(1), entry(1)]) } != nil)
        #expect(Fixtures.fault { _ = try list(expires: 1_000) } != nil)
        #expect(
            Fixtures.fault { _ = try list(expires: 1_001 + BootstrapList.secondsMax) } != nil)
        let largest = try (0..<UInt8(BootstrapList.entriesMax - 1)).map { number in
            let bytes = [UInt8](repeating: 0x20, count: 15) + [number]
            let endpoint = try #require(Endpoint(bytes: bytes, port: 65_535))
            return BootstrapList.Entry(
                key: Fixtures.key(filledWith: number).publicKey,
                endpoints: (0..<UInt16(BootstrapList.endpointsMax)).map {
                    endpoint.with(port: 65_535 - $0)
                })
        }
        #expect(try list(entries: largest).bytes.count < BootstrapList.bytesMax)
    }

    @Test("is taken where its signer is trusted, in its network, in its time, once")
    func refusals() throws {
        let list = try list(sequence: 5)
        let trusted: Set<NodeKey> = [Fixtures.publisher.publicKey]
        func refusal(
            _ keys: Set<NodeKey>? = nil, network: Digest? = nil, last: UInt64? = nil,
            now: Int64 = 1_500
        ) -> BootstrapList.Refusal? {
            list.refusal(
                network: network ?? self.network, trusted: keys ?? trusted, last: last, now: now)
        }
        #expect(refusal() == nil && refusal(last: 5) == nil && refusal(last: 4) == nil)
        #expect(refusal([]) == .stranger)
        #expect(refusal(network: Fixtures.digest(1)) == .otherNetwork)
        #expect(refusal(now: 2_000) == .expired)
        #expect(refusal(now: 99) == .notYet && refusal(now: 100) == nil)
        #expect(refusal(last: 6) == .older(than: 6))
    }

    @Test("is what Judges/bootstrap.py made, and refused where it is not")
    func judged() throws {
        let file = try VectorFile.json("bootstrap.json")
        let network = try #require(
            file["network"]?.string.flatMap { Digest(hexadecimal: $0) })
        let publisher = try #require(file["publisher"]?.string.flatMap { NodeKey(base32: $0) })
        let now = try #require(file["now"]?.integer)
        let rows = try #require(file["lists"]?.array)
        #expect(rows.count == 16)
        for row in rows {
            let bytes = Array((row["envelope"]?.string ?? "").utf8)
            let envelope = try Envelope.decode(bytes, payloadMax: BootstrapList.bytesMax)
            var verdict = "malformed"
            if let list = try? BootstrapList.verified(in: envelope) {
                let refusal = list.refusal(
                    network: network, trusted: [publisher], last: 2, now: now)
                verdict = "\(refusal.map { "\($0)".prefix { $0 != "(" } } ?? "good")"
                #expect(envelope.encode() == bytes)
            }
            #expect(verdict == row["verdict"]?.string, "\(row["name"]?.string ?? "")")
        }
    }
}
