import Genome
import Swarm
import Wire

/// What is fetched and what is held where a row of bytes plays a node's peers.
enum SessionSample {
    /// The node's key, and the peers': the first publishes what is fetched.
    static let own = Samples.key
    static let peers: [SigningKey] = (UInt8(20)..<24).map { number in
        guard let key = SigningKey(seed: [UInt8](repeating: number, count: 32)) else {
            preconditionFailure("32 bytes make a key")
        }
        return key
    }
    /// Where the peers are: the first far away, one on the same site, one on the same machine.
    static let places: [Endpoint] = [
        [20, 1, 1, 1], [10, 0, 0, 2], [127, 0, 0, 1], [21, 1, 1, 4],
    ]
    .compactMap { Endpoint(bytes: $0, port: 4747) }

    /// A blob of three groups with the values of its tree, and the page of them.
    static let file: GroupLayer = Samples.made {
        let values = (UInt8(1)..<4).flatMap { Samples.digest($0).bytes }
        return try GroupLayer(
            id: HashTree.root(groupValues: values), size: 3 << 20, values: values)
    }
    static let page: [UInt8] = {
        var writer = Writer()
        GroupPage(0, of: file).write(to: &writer)
        return writer.bytes
    }()

    /// The layer that is fetched, and the one that is here.
    static let (wanted, here) = (manifest(by: peers[0], "wanted"), manifest(by: own, "here"))
    static let envelope = sealed(wanted, by: peers[0])
    static let held = HeldLayer(
        here, envelope: sealed(here, by: own), blobs: here.blobs, announced: nil)

    static func taken(_ envelope: [UInt8]) -> HeldLayer {
        HeldLayer(wanted, envelope: envelope, blobs: wanted.blobs, announced: nil)
    }

    private static func sealed(_ manifest: Manifest, by key: SigningKey) -> [UInt8] {
        Envelope.signed(manifest.bytes, type: Manifest.payloadType, by: key).detached
    }

    private static func manifest(by key: SigningKey, _ name: String) -> Manifest {
        Samples.made {
            let hash = file.id.hexadecimal
            let value: JSONValue = [
                "manifest": 1, "publisher": .string(key.publicKey.base32), "label": "lab",
                "type": "specialization", "name": .string(name), "version": "1.0.0",
                "files": [
                    [
                        "path": "a.bin", "blob": .string(hash), "size": .integer(3 << 20),
                        "sha256": .string(hash),
                    ]
                ],
                "licence": ["expression": "Apache-2.0"], "visibility": "public",
                "distribution": [
                    "globallyAvailable": true, "scope": "global", "p2pEnabled": true,
                ],
                "provenance": ["createdAt": 1_760_000_000],
            ]
            guard let object = value.object else { preconditionFailure("an object") }
            return try Manifest.make(object)
        }
    }

    /// What the catalogue says: three peers have the layer.
    static let holders = LayerHolders(
        descriptions: [
            .init(
                content: LayerContent(wanted), publisher: peers[0].publicKey,
                source: peers[0].publicKey)
        ],
        holders: zip(peers, places).prefix(3).map { key, place in
            .init(node: key.publicKey, endpoints: [place])
        })

    // MARK: Rows of steps

    /// What the bytes of a step are.
    static func step(_ kind: UInt8, _ how: UInt8) -> [UInt8] { [kind | how << 3] }

    /// A peer says something over its session or its stripe.
    static func word(_ message: Message, from peer: UInt8, overStripe: Bool = false) -> [UInt8] {
        word(message.bytes, from: peer, overStripe: overStripe)
    }

    private static func word(
        _ bytes: [UInt8], from peer: UInt8, overStripe: Bool = false
    ) -> [UInt8] {
        let length = [UInt8(bytes.count >> 8), UInt8(truncatingIfNeeded: bytes.count)]
        return step(0, peer | (overStripe ? 4 : 0)) + length + bytes
    }

    private static func introduction(_ features: UInt64) -> Message {
        .introduction(
            Introduction(
                features: features, endpoints: [places[3]], observed: nil, label: "peer",
                software: "fuzz", wallMilliseconds: 1_790_000_000_000))
    }

    /// A fetch from its beginning to its end, and one by another peer of what is here.
    static let whole: [[UInt8]] = {
        let (layer, blob) = (wanted.layer, file.id)
        let begin = step(3, 0) + word(introduction(1023), from: 0) + step(2, 15)
        let documents =
            word(.envelope(layer: layer, bytes: envelope), from: 0) + step(5, 0)
            + word(.holding(Holding(layer: layer, blob: blob, extent: .complete)), from: 0)
            + word(.groups(blob: blob, page: 0, bytes: page), from: 0)
        let groups = step(5, 0) + step(5, 4) + step(5, 1) + step(5, 0) + step(2, 3)
        let get = { (number: UInt64) -> Message in
            .get(GroupRequest(request: number, layer: here.layer, blob: blob, group: number % 3))
        }
        let serving =
            step(3, 1) + word(introduction(1), from: 1)
            + word(.open(layer: here.layer, blob: blob), from: 1)
            + word(get(1), from: 1) + word(get(2), from: 1) + step(6, 0)
        let striped =
            step(3, 5) + word(.ping(1), from: 1, overStripe: true)
            + word(get(7), from: 1, overStripe: true) + word(.cancel(request: 7), from: 1)
            + step(4, 5)
        // The first peer is far: where it knows parts its first group comes in them, and it breaks
        // off between.
        let part = step(2, 5) + step(5, 0)
        let broken =
            part + part + part + step(4, 0) + step(3, 0) + word(introduction(17_407), from: 0)
            + word(.holding(Holding(layer: layer, blob: blob, extent: .complete)), from: 0)
        return [
            begin + documents + groups, begin + serving + striped + documents + step(5, 3),
            begin + documents + step(3, 12) + groups + step(4, 0),
            step(3, 0) + word(introduction(17_407), from: 0) + step(2, 15) + documents + broken
                + (0..<60).flatMap { _ in part },
        ]
    }()

    /// Every sample of a message, from one peer after the other.
    static let words: [[UInt8]] = Samples.messages.enumerated().map { place, bytes in
        let peer = UInt8(place % 4)
        return step(3, peer) + word(bytes, from: peer) + step(2, 9)
    }
}
