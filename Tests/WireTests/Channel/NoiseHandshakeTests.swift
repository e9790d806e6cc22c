import Testing

@testable import Wire

@Suite struct NoiseHandshakeTests {
    /// One handshake of a vector file in the cacophony layout.
    private struct Case {
        let entry: [String: Any]
        let pattern: NoisePattern
        let suite: CipherSuite

        init?(_ entry: [String: Any]) {
            let parts = (entry["protocol_name"] as? String ?? "").split(separator: "_")
            let pattern = NoisePattern.allCases.first { parts.count == 5 && $0.name == parts[1] }
            let suite = CipherSuite.allCases.first { parts.count == 5 && $0.noiseName == parts[3] }
            guard let pattern, let suite, parts[2] == "25519", parts[4] == "BLAKE2b" else {
                return nil
            }
            self.entry = entry
            self.pattern = pattern
            self.suite = suite
        }

        func side(_ name: String, isInitiator: Bool) throws -> NoiseHandshake {
            let psk = (entry["\(name)_psks"] as? [String])?.first
            let remote = entry["\(name)_remote_static"] as? String
            return NoiseHandshake(
                pattern: pattern, suite: suite, isInitiator: isInitiator,
                prologue: try VectorFile.bytes(entry["\(name)_prologue"]),
                own: ExchangeKey(secret: try VectorFile.bytes(entry["\(name)_static"])),
                ephemeral: ExchangeKey(
                    secret: try VectorFile.bytes(entry["\(name)_ephemeral"])),
                remoteStatic: try remote.map { try VectorFile.bytes($0) },
                preSharedKey: try psk.map { try VectorFile.bytes($0) })
        }
    }

    private func cases(_ file: [String: Any]) throws -> [Case] {
        try #require(file["vectors"] as? [[String: Any]]).compactMap { Case($0) }
    }

    private func play(_ vector: Case) throws {
        var sides = [
            try vector.side("init", isInitiator: true),
            try vector.side("resp", isInitiator: false),
        ]
        let messages = try #require(vector.entry["messages"] as? [[String: String]])
        var ciphers: [(send: CipherState, receive: CipherState)] = []
        for (index, message) in messages.enumerated() {
            let payload = try VectorFile.bytes(message["payload"])
            let expected = try VectorFile.bytes(message["ciphertext"])
            let (from, to) = (index % 2, 1 - index % 2)
            if ciphers.isEmpty {
                #expect(try sides[from].writeMessage(payload) == expected)
                #expect(try sides[to].readMessage(expected) == payload)
                if sides[0].isComplete { ciphers = sides.map { $0.split() } }
                continue
            }
            var sealed = [UInt8](repeating: 0, count: payload.count + 16)
            var elements = sealed.mutableSpan
            var span = elements.mutableBytes
            ciphers[from].send.seal(payload.span.bytes, into: &span)
            #expect(sealed == expected)
        }
        if let hash = vector.entry["handshake_hash"] {
            #expect(sides[0].handshakeHash == (try VectorFile.bytes(hash)))
            #expect(sides[1].handshakeHash == sides[0].handshakeHash)
        }
    }

    @Test func `our vectors pass for all patterns and suites`() throws {
        let vectors = try cases(try VectorFile.object("noise.json"))
        #expect(vectors.count == 8)
        for vector in vectors where CipherSuite.available.contains(vector.suite) {
            try play(vector)
        }
    }

    @Test(arguments: ["cacophony-25519-blake2b.json", "snow-25519-blake2b.json"])
    func `public vectors pass where they are at hand`(name: String) throws {
        guard let file = try VectorFile.publicObject("noise/\(name)") else {
            print("judge skipped: public Noise vectors (set PLASMID_VECTORS)")
            return
        }
        let vectors = try cases(file)
        #expect(vectors.count >= 4)
        for vector in vectors { try play(vector) }
    }

    @Test func `a changed message is refused`() throws {
        let vectors = try cases(try VectorFile.object("noise.json"))
        let vector = try #require(vectors.first { $0.pattern == .xx && $0.suite == .chaChaPoly })
        var initiator = try vector.side("init", isInitiator: true)
        var responder = try vector.side("resp", isInitiator: false)
        _ = try responder.readMessage(try initiator.writeMessage([]))
        let answer = try responder.writeMessage([1, 2, 3])
        for index in 32..<answer.count {
            var changed = answer
            changed[index] ^= 1
            var other = initiator
            #expect(throws: WireError.self) { try other.readMessage(changed) }
        }
        var cut = initiator
        #expect(throws: WireError.truncated) { try cut.readMessage(Array(answer.prefix(50))) }
    }
}
