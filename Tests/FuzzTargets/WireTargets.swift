import Wire

extension FuzzTarget {
    static let wire: [FuzzTarget] = [
        record, message, hello, ticket, proof, text, sealed, agentAnswer, beacon, challenge,
    ]

    private static let record = FuzzTarget("FuzzRecord", seeds: Samples.records) { input in
        guard let record = try? Record(bytes: input) else { return }
        precondition(record.bytes == input)
        _ = record.slotKey
    }

    private static let message = FuzzTarget("FuzzMessage", seeds: Samples.messages) { input in
        guard let message = try? Message(bytes: input) else { return }
        if case .unknown = message { return }
        precondition(message.bytes == input, "a message changes when read")
    }

    /// What a verifier or a mirror sends: receipts come back as they were, and leaves that prove
    /// nothing are found to prove nothing.
    private static let challenge = FuzzTarget("FuzzChallenge", seeds: challengeSeeds) { input in
        if let receipt = try? StorageReceipt(bytes: input) {
            precondition(receipt.bytes == input, "a receipt changes when read")
            precondition(input.count <= StorageReceipt.bytesMax)
            _ = receipt.isAuthentic
        }
        guard case .challengeLeaf(let leaf)? = try? Message(bytes: [172] + input) else { return }
        let terms = Samples.challengeTerms
        var chain = ChallengeChain(terms)
        precondition((0..<chain.leafCount).contains(chain.next))
        let isProven = leaf.isLeaf(chain.next, of: terms.blob, size: terms.size)
        precondition(!isProven, "a leaf of an id that nobody has the bytes of was proven")
        chain.take(leaf.bytes)
        precondition((0..<chain.leafCount).contains(chain.next))
    }

    private static let challengeSeeds: [[UInt8]] = {
        let proof = [UInt8](repeating: 7, count: 2 + 32 * 5)
        let leaf = ChallengeLeaf(
            nonce: Samples.digest(5), step: 1, proof: [1, 1] + proof.dropFirst(2),
            bytes: [UInt8](repeating: 3, count: HashTree.leafBytes))
        return [Samples.receipt.bytes, Array(Message.challengeLeaf(leaf).bytes.dropFirst())]
    }()

    private static let hello = FuzzTarget("FuzzHello", seeds: Samples.hellos) { input in
        if let hello = try? Hello(bytes: input) { precondition(hello.bytes == input) }
        if let choice = try? Choice(bytes: input) { precondition(choice.bytes == input) }
    }

    private static let ticket = FuzzTarget(
        "FuzzTicket", seeds: [Samples.ticket, Samples.relayedTicket]
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        guard let ticket = try? Ticket(text: text) else { return }
        precondition(ticket.text == text, "a ticket changes when read")
    }

    private static let beacon = FuzzTarget("FuzzBeacon", seeds: Samples.beacons) { input in
        guard let beacon = try? Beacon(bytes: input, in: Samples.network) else { return }
        precondition(beacon.bytes(in: Samples.network) == input, "a beacon changes when read")
    }

    /// The first byte chooses the blob's size, so that shapes of trees vary.
    private static let proof = FuzzTarget(
        "FuzzProof", seeds: [[3, 0, 1] + [UInt8](repeating: 7, count: 64), [200, 0]]
    ) { input in
        let size = UInt64(input.first ?? 0) * 70_000
        let rest = Array(input.dropFirst())
        var reader = Reader(rest)
        if let page = try? GroupPage(reading: &reader, size: size) {
            var writer = Writer()
            page.write(to: &writer)
            precondition(writer.bytes.elementsEqual(rest.prefix(reader.offset)))
        }
        reader = Reader(rest)
        _ = try? RangeProof(reading: &reader, size: size)
        _ = try? GolombSet(count: Int(input.first ?? 0), bytes: rest)
    }

    /// Answers of an SSH agent: a list of two keys, one not Ed25519, and a signature.
    private static let agentSeeds: [[UInt8]] = {
        func string(_ bytes: [UInt8]) -> [UInt8] { [0, 0, 0, UInt8(bytes.count)] + bytes }
        let kind = string(Array("ssh-ed25519".utf8))
        let key = string(kind + string([UInt8](repeating: 7, count: 32)))
        let other = string(string(Array("ssh-rsa".utf8)) + string([1, 0, 1]))
        let word = string(Array("me@lab".utf8))
        return [
            [12, 0, 0, 0, 2] + key + word + other + word,
            [14] + string(kind + string([UInt8](repeating: 9, count: 64))), [5],
        ]
    }()

    private static let agentAnswer = FuzzTarget("FuzzAgentAnswer", seeds: agentSeeds) { input in
        if let keys = try? AgentMessage.keys(input) {
            precondition(keys.count <= AgentMessage.keysMax)
            for entry in keys { precondition(entry.fingerprint.hasPrefix("SHA256:")) }
        }
        _ = try? AgentMessage.signature(input)
        _ = try? AgentMessage.length(Array(input.prefix(4)))
    }

    private static let fileKey = FileKey(bytes: [UInt8](repeating: 5, count: FileKey.byteCount))

    /// A header with a sealed file behind it; what does not open stays shut.
    private static let sealed = FuzzTarget("FuzzSealed", seeds: sealedSamples) { input in
        guard let fileKey else { return }
        if let header = AgeHeader(at: input) {
            precondition(input.starts(with: header.bytes), "a header changes when read")
            precondition(AgeHeader(at: header.bytes) == header)
            if let key = header.unwrapped(secret: fileKey.bytes + fileKey.bytes) {
                _ = SealedStream.open(Array(input.dropFirst(header.bytes.count)), key: key)
            }
        }
        if let plain = SealedStream.open(input, key: fileKey) {
            let size = SealedStream.sealedSize(plain: UInt64(plain.count))
            precondition(size == UInt64(input.count), "a sealed file has another size")
        }
    }

    private static let sealedSamples: [[UInt8]] = {
        guard let fileKey,
            let header = AgeHeader(
                wrapping: fileKey,
                for: Sodium.exchangePublicKey(secret: fileKey.bytes + fileKey.bytes))
        else { return [] }
        let sealed = SealedStream.seal([1, 2, 3], key: fileKey)
        return [header.bytes + sealed, sealed]
    }()

    private static let text = FuzzTarget("FuzzText", seeds: [Array("a\u{202e}é漢".utf8)]) { input in
        if let plain = PlainText.decode(input) { precondition(Array(plain.utf8) == input) }
        let shown = PlainText.shown(String(decoding: input, as: UTF8.self))
        precondition(PlainText.isPlain(shown), "shown text is not plain")
        let string = String(decoding: input, as: UTF8.self)
        if let bytes = Base32.decode(string) { precondition(Base32.encode(bytes) == string) }
        if let bytes = Hexadecimal.decode(string) {
            precondition(Hexadecimal.encode(bytes) == string)
        }
        _ = NodeKey(base32: string)
    }
}
