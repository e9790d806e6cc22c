import Genome
import Swarm
import Wire

extension FuzzTarget {
    static let hold: [FuzzTarget] = [contracts]

    private static let begin: Int64 = 1_760_000_000
    private static let fileKey = FileKey(bytes: [UInt8](repeating: 5, count: FileKey.byteCount))

    private static let blobs = HoldList([
        BlobReference(blob: Samples.digest(1), size: 40),
        BlobReference(blob: Samples.digest(2), size: 3_000),
    ])

    /// A request, its list, the body of a grant that names a mirror, and a sealed layer.
    private static let samples: [[UInt8]] = Samples.made {
        let manifest = Samples.manifest
        let envelope = Envelope.signed(manifest, type: Manifest.payloadType, by: Samples.key)
        return [
            try HoldRequest.make(
                publisher: Samples.key.publicKey, mirror: Samples.stranger.publicKey,
                list: BlobReference(blob: Samples.digest(3), size: 200), size: 3_240,
                issued: begin, until: begin + 86_400,
                nonce: [UInt8](repeating: 6, count: 16)
            ).bytes,
            blobs.bytes, place,
            SealedLayer(
                manifest: manifest, envelope: envelope.detached,
                parts: [
                    .init(
                        blob: Samples.digest(1),
                        sealed: BlobReference(blob: Samples.digest(5), size: 35))
                ]
            ).bytes,
        ]
    }

    private static let place: [UInt8] = {
        guard let fileKey,
            let header = AgeHeader(
                wrapping: fileKey,
                for: Sodium.exchangePublicKey(secret: fileKey.bytes + fileKey.bytes))
        else { return [] }
        var body = JSONObject()
        SealedPlace(
            index: blobs.blobs[0],
            copies: [.init(mirror: Samples.stranger.publicKey, contract: Samples.digest(4))],
            header: header
        ).write(to: &body)
        return CanonicalJSON.write(.object(body))
    }()

    /// What a publisher asks of a mirror and tells a grantee: it comes back as it is, and a list
    /// that is read has its sizes added up without running over.
    private static let contracts = FuzzTarget("FuzzHold", seeds: samples) { input in
        if let request = try? HoldRequest.decode(input) {
            precondition(request.bytes == input, "a request changes when read")
            precondition(request.list.size <= request.size && request.issued < request.until)
        }
        if let list = try? HoldList.decode(input) {
            precondition(list.bytes == input, "a list changes when read")
            _ = list.size
        }
        if let layer = try? SealedLayer.decode(input) {
            precondition(layer.bytes == input, "a sealed layer changes when read")
        }
        guard let json = try? JSONParser.parse(input, limits: JSONLimits(bytes: 1 << 16)),
            let body = json.object, let place = SealedPlace(body)
        else { return }
        var written = JSONObject()
        place.write(to: &written)
        precondition(SealedPlace(written) == place, "a place changes when read")
    }
}
