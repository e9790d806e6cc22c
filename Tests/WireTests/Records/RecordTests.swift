import Testing
import Wire

@Suite struct RecordTests {
    private static func entries(_ name: String) throws -> [[String: Any]] {
        try #require(try VectorFile.object("records.json")[name] as? [[String: Any]])
    }

    @Test func `records of an independent implementation are read with the same facts`() throws {
        let entries = try Self.entries("records")
        #expect(entries.count >= 16)
        for entry in entries {
            let bytes = try VectorFile.bytes(entry["hex"])
            let record = try Record(bytes: bytes)
            #expect(record.isSignatureValid, "\(entry["name"] ?? "")")
            #expect(record.id.hexadecimal == entry["id"] as? String)
            #expect(Hexadecimal.encode(record.publisher.bytes) == entry["publisher"] as? String)
            #expect(Hexadecimal.encode(record.slot.bytes) == entry["slot"] as? String)
            #expect("\(record.sequence)" == entry["sequence"] as? String)
            #expect("\(record.issued)" == entry["issued"] as? String)
            #expect("\(record.expires)" == entry["expires"] as? String)
            #expect("\(record.type)" == entry["type"] as? String)
        }
    }

    @Test func `what was read is written with the same bytes`() throws {
        for entry in try Self.entries("records") {
            let bytes = try VectorFile.bytes(entry["hex"])
            let record = try Record(bytes: bytes)
            let unsigned = UnsignedRecord(
                publisher: record.publisher, sequence: record.sequence, issued: record.issued,
                expires: record.expires, domain: record.domain, signer: record.signer,
                content: record.content)
            let signature = try #require(Signature(bytes: Array(bytes.suffix(64))))
            let again = try unsigned.signed(signature)
            // A field that this version does not know is carried, not written.
            if (entry["name"] as? String)?.contains("unknown") == true { continue }
            #expect(again.bytes == bytes, "\(entry["name"] ?? "")")
        }
    }

    @Test func `bad records are refused for the right reason`() throws {
        let entries = try Self.entries("bad")
        #expect(entries.count >= 40)
        for entry in entries {
            let bytes = try VectorFile.bytes(entry["hex"])
            let name = entry["name"] as? String ?? ""
            do {
                let record = try Record(bytes: bytes)
                #expect(!record.isSignatureValid, "\(name)")
                #expect(entry["reason"] as? String == "notAuthentic", "\(name)")
            } catch {
                #expect(error.caseName == entry["reason"] as? String, "\(name)")
            }
        }
    }

    private func node(
        _ key: SigningKey, sequence: UInt64, port: UInt16 = 1, issued: UInt64 = 1000
    ) throws -> Record {
        let endpoint = try #require(Endpoint(bytes: [127, 0, 0, 1], port: port))
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: sequence, issued: issued,
            expires: issued + 1000,
            content: .node(NodeContent(endpoints: [endpoint], services: .blobs)))
        return try unsigned.signed(key.sign(unsigned.signingInput))
    }

    @Test func `any flipped bit makes another record or none`() throws {
        let record = try node(SigningKey.random(), sequence: 5)
        for index in record.bytes.indices {
            var bytes = record.bytes
            bytes[index] ^= 4
            guard let changed = try? Record(bytes: bytes) else { continue }
            #expect(!changed.isSignatureValid, "byte \(index)")
        }
    }

    @Test func `the higher sequence wins, and of equals the lower id`() throws {
        let key = SigningKey.random()
        let old = try node(key, sequence: 5)
        let new = try node(key, sequence: 6)
        #expect(new.supersedes(sequence: old.sequence, id: old.id))
        #expect(!old.supersedes(sequence: new.sequence, id: new.id))
        #expect(!old.supersedes(sequence: old.sequence, id: old.id))
        let twin = try node(key, sequence: 5, port: 2)
        #expect(
            twin.supersedes(sequence: old.sequence, id: old.id)
                != old.supersedes(sequence: twin.sequence, id: twin.id))
        #expect(old.slotKey == new.slotKey)
    }

    @Test func `expiry and future allow for a quarter of an hour`() throws {
        let skew = Limits.clockSkewMilliseconds
        let record = try node(SigningKey.random(), sequence: 1, issued: 10_000_000)
        #expect(!record.isExpired(at: record.expires + skew))
        #expect(record.isExpired(at: record.expires + skew + 1))
        #expect(!record.isFromTheFuture(at: record.issued - skew))
        #expect(record.isFromTheFuture(at: record.issued - skew - 1))
    }
}
