import Genome
import Host
import Store
import Wire

extension Service {
    /// What is said of a layer by statements that are kept here, the newest of each kind and
    /// publisher, as far as their signatures hold.
    func statements(about layer: Digest) throws(Failure) -> [JSONValue] {
        let kept = try inStore { () throws(StoreError) in
            try library.index.statements(about: layer)
        }
        return kept.compactMap { bytes in
            guard
                let envelope = try? Envelope.decode(bytes, payloadMax: StatementSchema.bytesMax),
                let statement = try? Statement.verified(in: envelope)
            else { return nil }
            return [
                "kind": .string(statement.kind.rawValue),
                "publisher": .string(statement.publisher.base32),
                "fingerprint": .string(statement.publisher.fingerprint),
                "sequence": .integer(Int64(clamping: statement.sequence)),
                "issued": .integer(statement.issued), "body": .object(statement.body),
            ]
        }
    }

    /// A statement of this node that follows its last one in the same place, not signed yet;
    /// `what` is being done by it.
    func nextStatement(
        _ kind: StatementKind, _ layer: Digest, _ body: JSONObject, expires: Int64? = nil,
        by publisher: NodeKey? = nil, doing what: String
    ) throws(Failure) -> Statement {
        let own = publisher ?? keys.node.publicKey
        let place = StatementPlace(
            layer: layer, kind: kind, publisher: own, subject: kind.subject(of: body))
        let newest = try inStore { () throws(StoreError) in
            try library.index.sequence(at: place)
        }
        // Several nodes may speak for an identity: time keeps their words in order.
        let least = own == keys.node.publicKey ? 1 : Clock.wallMilliseconds()
        let sequence = max((newest ?? 0) + 1, least)
        return try inGenome(what) { () throws(GenomeError) in
            try Statement.make(
                kind: kind, layer: layer, publisher: own, sequence: sequence,
                issued: Int64(Clock.wallMilliseconds() / 1_000), expires: expires, body: body)
        }
    }

    /// Says what was measured or checked of a layer that is here: a statement of that kind, signed
    /// with the node's key, kept in the journal. It follows the last one of this node on the
    /// same subject.
    func state(
        _ kind: StatementKind, _ request: ServiceRequest
    ) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        guard let body = request.arguments["body"]?.object else {
            throw Failure(.usage, "body is missing", why: "it says what was found")
        }
        let key = keys.node
        let statement = try nextStatement(kind, layer, body, doing: "saying what was found")
        let envelope = statement.signed(by: key)
        _ = try inStore { () throws(StoreError) in try library.add(statement: envelope) }
        var object = JSONObject()
        object["layer"] = .string(layer.hexadecimal)
        object["publisher"] = .string(key.publicKey.base32)
        object["sequence"] = .integer(Int64(clamping: statement.sequence))
        object["envelope"] = .string(String(decoding: envelope.encode(), as: UTF8.self))
        return object
    }
}
