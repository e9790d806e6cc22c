import Genome
import Store
import Wire

/// Finds the one layer that a person means, among those here and those the catalogue knows.
struct LayerResolver {
    /// A layer that a name could mean.
    struct Candidate: Hashable {
        let layer: Digest
        let publisher: NodeKey
        /// Nil where only the manifest tells it.
        let label: String?
        let name: String
        let version: String
    }

    /// Records looked through for a prefix or handle.
    private static let recordsMax = 100_000

    let service: Service

    /// The layer of a reference; refused with the candidates when it is none or several.
    func resolve(_ text: String) throws(Failure) -> Digest {
        let reference = try inGenome("reading the name of the layer") { () throws(GenomeError) in
            try LayerReference.parse(text)
        }
        switch reference {
        case .layer(let layer): return layer
        case .uuid(let uuid):
            return try only(try candidates().filter { uuid.names($0.layer) }, text)
        case .prefix(let digits):
            return try only(
                try candidates().filter { $0.layer.hexadecimal.hasPrefix(digits) }, text)
        case .published(let name):
            let own = try candidates().filter { candidate in
                candidate.publisher.fingerprint == name.fingerprint
                    && candidate.name == name.name
            }
            return try pick(own, version: name.version, text)
        case .named(let name, let version, let prefix):
            let named = try candidates().filter { $0.name == name }
            if named.isEmpty, let prefix { return try resolve(prefix: prefix, text) }
            return try pick(try trusted(named, text), version: version, text)
        }
    }

    /// A dependency on a layer by name: one layer, or `NAME@RANGE` for any of its versions that the
    /// range accepts. The publisher's whole key is taken, not the part of it in the name.
    func dependency(
        _ text: String, kind: String, isRequired: Bool
    ) throws(Failure) -> LayerDependency {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, SemanticVersion(String(parts[1])) == nil else {
            return LayerDependency(
                .layer(try resolve(text)), kind: kind, isRequired: isRequired)
        }
        guard let range = VersionRange(String(parts[1])) else {
            throw Failure(
                .usage, "\(PlainText.shown(String(parts[1]))) is no range of versions",
                remedy: "write it like ^1.2.0, ~1.2.0, '>=1.0.0 <2.0.0' or '*'")
        }
        let layer = try resolve(String(parts[0]))
        guard let meant = try candidates().first(where: { $0.layer == layer }) else {
            throw Failure(
                .notFound, "nobody is known to publish \(PlainText.shown(String(parts[0])))",
                remedy: "look for it with: plasmid find --wait 10")
        }
        let place = LayerPlace(publisher: meant.publisher, name: meant.name)
        return LayerDependency(.named(place, range), kind: kind, isRequired: isRequired)
    }

    private func resolve(prefix: String, _ text: String) throws(Failure) -> Digest {
        try only(try candidates().filter { $0.layer.hexadecimal.hasPrefix(prefix) }, text)
    }

    /// Everything that a name can mean, each layer once.
    private func candidates() throws(Failure) -> [Candidate] {
        try inStore { () throws(StoreError) in
            var found: [Digest: Candidate] = [:]
            for record in try service.catalogue.layers(limit: Self.recordsMax) {
                guard let (content, publisher) = record.layerFacts else { continue }
                found[content.layer] = Candidate(
                    layer: content.layer, publisher: publisher, label: content.label ?? "",
                    name: content.name, version: content.version)
            }
            for entry in try service.library.index.layers() {
                found[entry.id] = Candidate(
                    layer: entry.id, publisher: entry.publisher, label: nil,
                    name: entry.name, version: entry.version)
            }
            return found.values.sorted { $0.layer < $1.layer }
        }
    }

    /// Bare names mean only layers of this node's own key, of the identities of its home and of
    /// keys that the owner trusts.
    private func trusted(_ named: [Candidate], _ text: String) throws(Failure) -> [Candidate] {
        let contacts = try inStore { () throws(StoreError) in
            try service.library.index.contacts()
        }
        let trusted = Set(contacts.filter(\.isTrusted).map(\.key))
        let identities = try inStore { () throws(StoreError) in
            try service.identities.all().map(\.key)
        }
        let believed = trusted.union(identities + [service.keys.node.publicKey])
        let kept = named.filter { believed.contains($0.publisher) }
        guard kept.isEmpty, !named.isEmpty else { return kept }
        throw Failure(
            .refused, "\(text) is only known from keys that you do not trust",
            why: "anyone may use any name: " + words(named),
            remedy: "name one of these in full, or trust its key with: plasmid trust KEY")
    }

    private func pick(
        _ candidates: [Candidate], version: String?, _ text: String
    ) throws(Failure) -> Digest {
        if let version {
            return try only(candidates.filter { $0.version == version }, text)
        }
        let versions = candidates.compactMap { SemanticVersion($0.version) }
        let releases = versions.filter { !$0.isPrerelease }
        guard let highest = (releases.isEmpty ? versions : releases).max() else {
            return try only([], text)
        }
        return try only(
            candidates.filter { SemanticVersion($0.version) == highest }, text)
    }

    private func only(_ candidates: [Candidate], _ text: String) throws(Failure) -> Digest {
        guard let first = candidates.first else {
            throw Failure(
                .notFound, "no layer is known as \(text)",
                why: "neither this node's layers nor the records it has heard name it",
                remedy: "look for it with: plasmid find --wait 10")
        }
        guard candidates.count == 1 else {
            throw Failure(
                .refused, "\(text) could be any of \(candidates.count) layers",
                why: words(candidates), remedy: "use the full id or reference of one")
        }
        return first.layer
    }

    private func words(_ candidates: [Candidate]) -> String {
        candidates.prefix(6).map { candidate in
            "\(reference(candidate)) (\(candidate.layer.hexadecimal.prefix(16)), "
                + "key \(candidate.publisher.base32))"
        }.joined(separator: "; ")
    }

    /// `label.key/name@version`. The label of a layer that is here stands in its manifest, which is
    /// read only for the few that are shown: names are looked up among thousands.
    private func reference(_ candidate: Candidate) -> String {
        let manifest = (try? service.library.manifest(of: candidate.layer)) ?? nil
        return PublishedName(
            label: candidate.label ?? manifest?.label ?? "", publisher: candidate.publisher,
            name: candidate.name, version: candidate.version
        ).description
    }
}

extension LayerContent {
    /// How people name the layer of these facts.
    func reference(by publisher: NodeKey) -> PublishedName {
        PublishedName(label: label ?? "", publisher: publisher, name: name, version: version)
    }
}

extension Record {
    /// The facts and the publisher of a Layer or Mirror record.
    var layerFacts: (LayerContent, NodeKey)? {
        switch content {
        case .layer(let facts): (facts, publisher)
        case .mirror(let facts, let origin): (facts, origin)
        default: nil
        }
    }
}
