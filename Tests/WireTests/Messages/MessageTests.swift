import Testing
import Wire

@Suite struct MessageTests {
    static let digest = Blake3.hash([1])

    static let peer = PeerAddress(
        key: NodeKey(bytes: [UInt8](repeating: 4, count: 32))!,
        endpoints: [Endpoint(bytes: [9, 9, 9, 9], port: 4747)!])

    static let all: [Message] = [
        .introduction(
            Introduction(
                endpoints: [], observed: Endpoint(bytes: [127, 0, 0, 1], port: 9),
                label: "lab", software: "plasmid/1", wallMilliseconds: 5)),
        .ping(7), .pong(.max), .goodbye(reason: "bye"), .rekey,
        .identifiersRequest(after: nil), .identifiersRequest(after: digest),
        .identifiers(IdentifierPage(ids: [digest], isLast: false)),
        .recordsRequest([digest]), .records([[1, 2, 3], []]),
        .open(layer: digest, blob: digest),
        .holding(Holding(layer: digest, blob: digest, extent: .groups(bitmap: [5]))),
        .envelopeRequest(layer: digest), .envelope(layer: digest, bytes: [1]),
        .groupsRequest(layer: digest, blob: digest, page: 3),
        .groups(blob: digest, page: 3, bytes: [9]),
        .get(GroupRequest(request: 1, layer: digest, blob: digest, group: 2)),
        .get(
            GroupRequest(
                request: 1, layer: digest, blob: digest, group: 2, accepts: AcceptedCodings())),
        .get(
            GroupRequest(
                request: 1, layer: digest, blob: digest, group: 2,
                accepts: AcceptedCodings(
                    parents: .init(layer: digest, blobs: [Blake3.hash([2]), Blake3.hash([3])])))),
        .get(GroupRequest(request: 1, layer: digest, blob: digest, group: 2, leaves: 8..<16)),
        .data(request: 4, byteCount: 1 << 20), .coded(request: 4, .dense, byteCount: 700_000),
        .coded(request: 300, .delta, byteCount: 1),
        .reject(request: 4, reason: .busy, retryMilliseconds: 500), .cancel(request: 4),
        .statement([7, 8]), .credential([9]), .hold([1]),
        .datagrams(DatagramOffer(channel: 1, key: [UInt8](repeating: 2, count: 32), port: 3)),
        .holdAnswer(contract: digest, 2, "no room"), .holdEnd(contract: digest),
        .checkpoint(CheckpointOffer(known: 7, proof: [digest, digest], note: [1, 2])),
        .cosignature(WitnessWord(known: 9, line: "x")), .cosignature(WitnessWord(known: 3)),
        .tags([[UInt8](repeating: 3, count: 16), [UInt8](repeating: 4, count: 16)]),
        .sketchRequest(SketchRequest(count: 192)), .itemsRequest([7, .max]),
        .seek(layer: Digest(words: (1, 2, 3, 4))), .grantAnswer([]),
        .grantQuestion([Digest(words: (1, 2, 3, 4)), Digest(words: (5, 6, 7, 8))]),
        .seekers(layer: Digest(words: (1, 2, 3, 4)), []),
        .neighbour(.ask(isUrgent: false)), .neighbour(.ask(isUrgent: true)), .neighbour(.accept),
        .neighbour(.refuse([peer])), .neighbour(.leave([])), .neighbour(.prune),
        .neighbour(.shuffle(number: 5, hopsLeft: 6, [peer, peer])),
        .neighbour(.shuffleAnswer(number: 5, [peer])), .neighbour(.probe(number: 6, of: peer.key)),
        .neighbour(.probeAnswer(number: 6, .alive)), .neighbour(.graft([NewsName(of: [1])])),
        .neighbour(.news([.init(hops: 3, record: [1, 2]), .init(hops: 255, record: [])])),
        .neighbour(.haves([.init(hops: 1, name: NewsName(of: [2]))])),
        .sketch(SketchFrame(salt: SketchSalt(bytes: [UInt8](0..<16))!, size: 9, symbols: [])),
    ]

    @Test(arguments: all)
    func `every message comes back`(message: Message) throws {
        #expect(try Message(bytes: message.bytes) == message)
    }

    @Test(arguments: all)
    func `every cut and every added byte is refused or another message`(
        message: Message
    ) throws {
        let bytes = message.bytes
        for count in 0..<bytes.count {
            let cut = try? Message(bytes: Array(bytes.prefix(count)))
            #expect(cut != message)
        }
        #expect((try? Message(bytes: bytes + [0])) != message)
    }

    @Test func `unknown types below 128 end the session and later ones are ignored`() throws {
        #expect(throws: WireError.unsupported("message type 99")) {
            try Message(bytes: [99, 1, 2])
        }
        #expect(try Message(bytes: [250, 1, 2]) == .unknown(type: 250))
    }

    @Test func `the largest messages fit one frame`() {
        let record = [UInt8](repeating: 1, count: Limits.recordBytesMax)
        let count = Limits.recordsPerMessageMax
        let records = Message.records([[UInt8]](repeating: record, count: count))
        #expect(records.bytes.count <= Limits.recordPayloadMax)
    }
}
