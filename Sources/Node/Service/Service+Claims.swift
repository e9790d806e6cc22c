import Genome
import Store
import Wire

extension Service {
    /// What a layer says of its own skill. A capability counts as certified where another key than
    /// its publisher's has signed that it was found; everything else is claimed.
    func claims(of manifest: Manifest) throws(Failure) -> [JSONValue] {
        let whole = JSONValue.object(manifest.json)
        var claims: [JSONValue] = []
        func add(_ kind: String, _ text: String?, by keys: [NodeKey] = []) {
            guard let text else { return }
            claims.append([
                "kind": .string(kind), "text": .string(text),
                "by": .array(keys.map { .string($0.base32) }),
            ])
        }
        add("skill level", whole["specialization"]?["skillLevel"]?.string)
        add("experience", whole["expertise"]?["experienceLevel"]?.string)
        let capabilities = (whole["expertise"]?["certifiedCapabilities"]?.array ?? [])
            .compactMap(\.string)
        guard !capabilities.isEmpty else { return claims }
        let certificates = try certificates(of: manifest)
        for capability in capabilities {
            let keys = certificates.filter { $0.capability == capability }.map(\.key)
            add("capability", capability, by: Set(keys).sorted { $0.base32 < $1.base32 })
        }
        return claims
    }

    private func certificates(
        of manifest: Manifest
    ) throws(Failure) -> [(capability: String, key: NodeKey)] {
        try statements(about: manifest.layer).compactMap { statement in
            let body = statement["body"]
            guard statement["kind"] == "attestation", body?["claim"] == "certified",
                body?["result"] == "passed", let capability = body?["procedure"]?.string,
                let key = statement["publisher"]?.string.flatMap({ NodeKey(base32: $0) }),
                key != manifest.publisher
            else { return nil }
            return (capability, key)
        }
    }
}
