import Genome
import Wire

/// True documents and messages that fuzzing starts from.
enum Samples {
    /// The key that signs samples, and one that has no part in them.
    static let (key, stranger) = (signer(3), signer(4))

    private static func signer(_ byte: UInt8) -> SigningKey {
        guard let key = SigningKey(seed: [UInt8](repeating: byte, count: 32)) else {
            preconditionFailure("32 bytes make a key")
        }
        return key
    }

    /// The key of the samples as text.
    static let publisher = key.publicKey.base32

    /// Some hash.
    static func digest(_ byte: UInt8) -> Digest {
        Blake3.hash([byte])
    }

    /// What `body` makes; samples are true.
    static func made<Value>(_ body: () throws -> Value) -> Value {
        do {
            return try body()
        } catch {
            preconditionFailure("a sample is refused: \(error)")
        }
    }

    /// A safetensors file of one pair of factors.
    static let tensorFile: [UInt8] = {
        let module = "base_model.model.model.layers.0.self_attn.q_proj"
        let header = Array(
            ("{\"\(module).lora_A.weight\":{\"dtype\":\"BF16\",\"shape\":[4,2],"
                + "\"data_offsets\":[0,16]},\"\(module).lora_B.weight\":{\"dtype\":\"F32\","
                + "\"shape\":[1,4],\"data_offsets\":[16,32]}}").utf8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
        return length + header + [UInt8](repeating: 9, count: 32)
    }()

    /// A tensor table of two rows.
    static let tensorTable: [UInt8] = made {
        guard let shape = TensorShape([4, 2]) else { preconditionFailure("a small shape") }
        let rows = ["a", "b"].map { name in
            TensorTable.Row(name: name, type: .bfloat16, shape: shape, hash: digest(1))
        }
        return try TensorTable(rows).encode()
    }

    /// A manifest with most of its parts.
    static let manifest: [UInt8] = made {
        let key = Self.key.publicKey.base32
        let hash = digest(1).hexadecimal
        let text = """
            {"manifest":1,"publisher":"\(key)","label":"lab","type":"memory","name":"notes",
            "version":"1.0.0-rc.1","summary":"Notes.","tags":["a","b"],"languages":["en"],
            "files":[{"path":"a/b.txt","blob":"\(hash)","size":3,"sha256":"\(hash)"},
            {"path":"run.json","blob":"\(hash)","size":3,"sha256":"\(hash)","evidence":true}],
            "licence":{"expression":"MIT OR Apache-2.0","commercialUse":true},
            "visibility":"whitelist","salt":"00112233445566778899aabbccddeeff",
            "distribution":{"globallyAvailable":true,"scope":"regional","p2pEnabled":true},
            "provenance":{"createdAt":1760000000,"creator":"me",
            "parentLayers":[{"layer":"\(hash)","relation":"merged-from","weight":"0.5"}]},
            "base":{"weights":"\(hash)","graph":"\(hash)"},
            "memoryType":"semantic","storage":{"capacity":10},
            "content":{"knowledgeBase":["a/b.txt"]},
            "extensions":{"x":[1,{"y":null}]},"critical":["licence"]}
            """
        let value = try JSONParser.parse(Array(text.utf8), limits: JSONLimits(bytes: 1 << 16))
        return try Manifest.decode(CanonicalJSON.write(value)).bytes
    }

    /// Statements of several kinds.
    static let statements: [[UInt8]] = {
        let bodies: [(StatementKind, JSONValue)] = [
            (.visibility, ["visibility": "private"]), (.withdrawal, ["reason": "mistake"]),
            (.feedback, ["rating": 5, "text": "good"]),
            (.measurement, ["task": "t", "figures": [["metric": "loss", "value": "1.5"]]]),
        ]
        return bodies.map { kind, body in
            made {
                try Statement.make(
                    kind: kind, layer: digest(1), publisher: key.publicKey, sequence: 7,
                    issued: 1_760_000_000, expires: 1_770_000_000,
                    body: body.object ?? JSONObject()
                ).bytes
            }
        }
    }()

    /// An envelope with one signature.
    static let envelope = Envelope.signed(
        Array("payload".utf8), type: Manifest.payloadType, by: key
    ).encode()

    /// A layer's record.
    static let records: [[UInt8]] = made {
        var layer = LayerContent(
            layer: digest(1), manifestSize: 900, type: "lora", name: "notes", version: "1.0.0",
            licence: "MIT", size: 1_000, files: 3)
        layer.tags = ["a", "b"]
        layer.rank = 8
        layer.summary = "Notes."
        layer.spread = LayerSpread(
            pace: .batched, copies: 3, until: 1_800_000_000, mirrors: [key.publicKey, peer.key])
        let unsigned = UnsignedRecord(
            publisher: key.publicKey, sequence: 1, issued: 1_760_000_000, expires: 1_770_000_000,
            content: .layer(layer))
        var node = NodeContent(endpoints: peer.endpoints, services: [.catalogue, .relay])
        node.reach = .unreachable
        node.relays = [peer]
        node.mirror = MirrorOffer(marks: [1, 2, 3], room: 1 << 40)
        let other = UnsignedRecord(
            publisher: key.publicKey, sequence: 1, issued: 1_760_000_000, expires: 1_760_000_900,
            content: .node(node))
        return try [unsigned, other].map { try $0.signed(key.sign($0.signingInput)).bytes }
    }

    private static var peer: PeerAddress {
        PeerAddress(
            key: key.publicKey,
            endpoints: [[9, 9, 9, 9], [10, 0, 0, 1]].compactMap { Endpoint(bytes: $0, port: 4747) })
    }

    /// What a node is asked to show, and what came of it.
    static let challengeTerms = ChallengeTerms(
        verifier: key.publicKey, mirror: stranger.publicKey, blob: digest(2), size: 70_000,
        epoch: 20_000, nonce: digest(5), steps: 8, mode: .rootOnly)

    private static let challenge = StorageChallenge(
        challengeTerms, through: digest(1), allowed: 500_000)

    static let receipt: StorageReceipt = {
        let answer = StorageReceipt.Answer(
            code: digest(6), received: 7,
            signature: stranger.sign(challengeTerms.answerInput(code: digest(6), received: 7)))
        let draft = StorageReceipt.Draft(
            terms: challengeTerms, sent: 5, allowed: 500_000, answer: answer, elapsed: 9,
            verdict: .passed)
        return draft.signed(key.sign(draft.signingInput))
    }()

    /// The circle of the society's members.
    static let circle = CircleDomain(secret: [UInt8](repeating: 0x5c, count: 32))

    /// Messages of several kinds.
    static let messages: [[UInt8]] = {
        let request = GroupRequest(request: 1, layer: digest(1), blob: digest(2), group: 3)
        var coded = request
        coded.accepts = AcceptedCodings(
            parents: .init(layer: digest(1), blobs: [digest(3), digest(4)]))
        let part = GroupRequest(
            request: 1, layer: digest(1), blob: digest(2), group: 3, leaves: 8..<16)
        let all: [Message] = [
            .ping(7), .goodbye(reason: "enough"), .rekey, .identifiersRequest(after: digest(1)),
            .identifiers(IdentifierPage(ids: [digest(1)], isLast: true)), .records(records),
            .open(layer: digest(1), blob: digest(2)), .get(request), .get(part),
            .groups(blob: digest(1), page: 0, bytes: [1, 2, 3]),
            .data(request: 1, byteCount: 9), .envelope(layer: digest(1), bytes: [1]),
            .reject(request: 1, reason: .busy, retryMilliseconds: 5), .hold([1, 2]),
            .holdAnswer(contract: digest(1), 2, "no room"), .holdEnd(contract: digest(1)),
            .search(SearchRequest(number: 3, question: Array(#"{"all":[]}"#.utf8))),
            .searchAnswer(SearchAnswer(number: 3, outcome: .refused)),
            .searchAnswer(
                SearchAnswer(number: 3, outcome: .found(reached: 9, records: records))),
            .neighbour(.refuse([peer])), .neighbour(.shuffle(number: 1, hopsLeft: 6, [peer])),
            .neighbour(.news([.init(hops: 2, record: [1, 2, 3])])),
            .neighbour(.haves([.init(hops: 1, name: NewsName(of: [1]))])),
            .neighbour(.graft([NewsName(of: [2])])), .neighbour(.probeAnswer(number: 4, .alive)),
            .circle(.init(circle, .join)), .circle(.init(circle, .graft([NewsName(of: [2])]))),
            .circle(.init(circle, .news([.init(hops: 2, record: [1, 2, 3])]))),
            .reach(.callBack(number: 1, port: 4747)), .reach(.called(number: 1, .reached)),
            .relay(.reserve), .relay(.connect(circuit: 2, to: key.publicKey)),
            .relay(.refused(circuit: 2, .full)), .relay(.allow(circuit: 2, bytes: 9)),
            .relay(.bytes(circuit: 2, [1, 2, 3])), .punch(.offer(number: 1, peer.endpoints)),
            .punch(.go(number: 1)), .challenge(challenge),
            .challengeAnswer(ChallengeAnswer(nonce: digest(5), outcome: .later(seconds: 60))),
            .challengeAnswer(
                ChallengeAnswer(
                    nonce: digest(5), outcome: .code(digest(6), received: 7, key.sign([])))),
            .challengeLeaf(
                ChallengeLeaf(nonce: digest(5), step: 2, proof: [1, 2, 3], bytes: [4, 5])),
            .receipt(receipt), .get(coded), .coded(request: 1, .delta, byteCount: 9),
        ]
        return all.map(\.bytes)
    }()

    /// First bytes of both sides.
    static let hellos: [[UInt8]] = {
        var hello = Hello(pattern: .xx, suites: [.chaChaPoly], network: digest(1))
        hello.noise = digest(2).bytes
        return [hello.bytes, Choice(.accepted).bytes, Choice(.busy).bytes]
    }()

    /// A ticket's text.
    static let ticket: [UInt8] = {
        let endpoints = [Endpoint(bytes: [192, 168, 0, 1], port: 4_747)].compactMap { $0 }
        return Array(Ticket(key: key.publicKey, endpoints: endpoints).text.utf8)
    }()

    /// The text of a ticket that names a relay.
    static let relayedTicket: [UInt8] = {
        let endpoints = [Endpoint(bytes: [192, 0, 2, 1], port: 4_747)].compactMap { $0 }
        let relay = PeerAddress(key: key.publicKey, endpoints: endpoints)
        return Array(Ticket(key: key.publicKey, endpoints: [], relays: [relay]).text.utf8)
    }()

    /// The network of the sample beacons.
    static let network = BeaconNetwork(id: digest(1))

    /// A beacon, an answer, and one of another network.
    static let beacons: [[UInt8]] = {
        guard let tag = BeaconTag(bytes: [UInt8](repeating: 7, count: BeaconTag.byteCount)) else {
            preconditionFailure("a tag has 16 bytes")
        }
        let other = BeaconNetwork(id: digest(2), swarmKey: digest(3).bytes)
        return [
            Beacon(tag: tag, port: 4_747, isAnswer: false).bytes(in: network),
            Beacon(tag: tag, port: 1, isAnswer: true).bytes(in: network),
            Beacon(tag: tag, port: 65_535, isAnswer: false).bytes(in: other),
        ]
    }()
}
