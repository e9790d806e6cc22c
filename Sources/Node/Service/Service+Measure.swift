import Genome
import Host
import Store
import Wire

extension Service {
    /// Says what was measured of a layer that is here: a statement of the kind `measurement`,
    /// signed with the node's key, kept in the journal. It follows the last one of this node.
    func measure(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        guard let body = request.arguments["body"]?.object else {
            throw Failure(.usage, "body is missing", why: "it says what was measured")
        }
        let key = keys.node
        let newest = try inStore { () throws(StoreError) in
            try library.index.sequence(
                ofStatementsAbout: layer, kind: StatementKind.measurement.rawValue,
                publisher: key.publicKey)
        }
        let statement = try inGenome("saying what was measured") { () throws(GenomeError) in
            try Statement.make(
                kind: .measurement, layer: layer, publisher: key.publicKey,
                sequence: (newest ?? 0) + 1, issued: Int64(Clock.wallMilliseconds() / 1_000),
                body: body)
        }
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
