import Testing

@testable import Wire

@Suite struct SealedDatagramTests {
    private func rows() throws -> [[String: Any]] {
        try #require(try VectorFile.object("datagrams.json")["sealed"] as? [[String: Any]])
    }

    private func offer(_ row: [String: Any]) throws -> DatagramOffer {
        let message = try Message(bytes: try VectorFile.bytes(row["offer"]))
        guard case .datagrams(let offer) = message else { throw WireError.invalid("offer") }
        #expect(message.bytes == (try VectorFile.bytes(row["offer"])))
        #expect(Int(offer.port) == row["port"] as? Int)
        return offer
    }

    private func opened(
        _ bytes: [UInt8], by opener: inout DatagramOpener
    ) -> Result<[UInt8], DatagramOpener.Refusal>? {
        guard let head = SealedDatagram.head(of: bytes, count: bytes.count) else { return nil }
        var plain = [UInt8](repeating: 0, count: DatagramKind.bytesMax)
        do throws(DatagramOpener.Refusal) {
            let count = try opener.open(
                bytes, count: bytes.count, counter: head.counter, into: &plain)
            return .success(Array(plain[..<count]))
        } catch {
            return .failure(error)
        }
    }

    @Test func `datagrams of Judges/datagrams.py are opened`() throws {
        let rows = try rows()
        #expect(rows.count == 3)
        for row in rows {
            let bytes = try VectorFile.bytes(row["bytes"])
            let offer = try offer(row)
            let head = try #require(SealedDatagram.head(of: bytes, count: bytes.count))
            #expect(head.channel == offer.channel)
            #expect(head.counter == (row["counter"] as? Int).map { UInt64($0) })
            var opener = DatagramOpener(offer)
            #expect(opened(bytes, by: &opener) == .success(try VectorFile.bytes(row["message"])))
            #expect(opened(bytes, by: &opener) == .failure(.replayed))
        }
        #expect(try VectorFile.bytes(rows[2]["bytes"]).count == DatagramKind.bytesMax)
    }

    @Test func `the first datagram under a key is that of Judges/datagrams.py`() throws {
        let row = try #require(try rows().first)
        var sealer = DatagramSealer(try offer(row))
        var bytes = [UInt8](repeating: 0, count: DatagramKind.bytesMax)
        let count = try #require(
            sealer.seal(try VectorFile.bytes(row["message"]), into: &bytes))
        #expect(Array(bytes[..<count]) == (try VectorFile.bytes(row["bytes"])))
    }

    @Test func `no changed bit opens anything`() throws {
        let row = try #require(try rows().first)
        let (bytes, offer) = (try VectorFile.bytes(row["bytes"]), try offer(row))
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let head = SealedDatagram.head(of: changed, count: changed.count),
                head.channel == offer.channel
            else { continue }
            var opener = DatagramOpener(offer)
            #expect(opened(changed, by: &opener) == .failure(.notAuthentic), "bit \(bit)")
            // What was not sealed by the peer must not spend the counter of what was.
            #expect(throws: Never.self) { try opened(bytes, by: &opener)?.get() }
        }
    }

    @Test func `what is too short, too long or worn out is none`() throws {
        let offer = DatagramOffer.random(port: 9)
        #expect(offer != DatagramOffer.random(port: 9) && offer.key.count == 32)
        var sealer = DatagramSealer(offer)
        var bytes = [UInt8](repeating: 0, count: DatagramKind.bytesMax + 1)
        let longest = [UInt8](repeating: 5, count: SealedDatagram.messageMax)
        #expect(sealer.seal(longest, into: &bytes) == DatagramKind.bytesMax)
        #expect(sealer.seal(longest + [5], into: &bytes) == nil)
        #expect(sealer.seal([], into: &bytes) == nil)
        #expect(SealedDatagram.head(of: bytes, count: DatagramKind.bytesMax) != nil)
        #expect(SealedDatagram.head(of: bytes, count: DatagramKind.bytesMax + 1) == nil)
        #expect(SealedDatagram.head(of: bytes, count: SealedDatagram.overhead) == nil)
        #expect(SealedDatagram.head(of: [], count: 40) == nil)
        bytes[12] = 1
        #expect(SealedDatagram.head(of: bytes, count: 1_000) == nil, "a counter that is worn out")
    }
}
