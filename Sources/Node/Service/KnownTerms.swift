import Genome
import Host
import Store
import Wire

/// The terms of a layer beside those of what it was made from, as far as that is in the store.
struct KnownTerms {
    let library: Library

    /// Whether the layer may bear its terms, and what they are with those of its ancestors. An
    /// ancestor that is not here is no fault: it is named as unverified.
    func answer(_ manifest: Manifest) -> LicenceAnswer {
        var links: [LicenceLink] = []
        if let base = manifest.base {
            links = unnamedBase(base.weights, layer: base.layer, of: manifest.layer)
        }
        links += said(of: manifest)
        return answer(manifest.licenceChild(madeFrom: links), by: manifest.publisher)
    }

    /// The same for a layer that is yet to be made.
    func answer(_ child: LicenceChild, by publisher: NodeKey) -> LicenceAnswer {
        LicencePropagation(book: book, dataPolicy: dataPolicy) { layer in
            if let manifest = manifest(layer) {
                return manifest.licenceSource(for: publisher, madeFrom: said(of: manifest))
            }
            return stub(layer, by: publisher)?.source(
                label: "layer \(layer.hexadecimal.prefix(16))")
        }.check(child)
    }

    /// What a layer came from by statements that count, and not by its manifest. Who has it left
    /// out of the checks for laundering by such a word has its terms.
    private func said(of manifest: Manifest) -> [LicenceLink] {
        let said = (try? library.index.said(of: manifest.layer, own: library.node)) ?? []
        guard !said.isEmpty else { return [] }
        let named = Set(manifest.edges.filter(\.isDescent).map(\.target))
        return said.subtracting(named).sorted().map { LicenceLink(.parent, .layer($0)) }
    }

    /// Where the owner's setting stands that says how much the terms of data count.
    static let dataPolicyName = "data-terms"

    /// How much the terms of data count here.
    var dataPolicy: DataPolicy {
        let text = try? library.index.policy(Self.dataPolicyName)
        return text.flatMap { DataPolicy(rawValue: $0) } ?? .strict
    }

    /// The catalogue with what the owner's stewards read in other licences.
    var book: LicenceBook {
        let stewards = Set((try? library.index.stewards()) ?? [])
        guard !stewards.isEmpty else { return .catalogue }
        let now = Int64(Clock.wallMilliseconds() / 1_000)
        let documents = (try? library.index.licenceDocuments()) ?? []
        return LicenceBook(
            mappings: documents.compactMap { document, _ in
                guard case .mapping(let mapping) = document, stewards.contains(mapping.steward),
                    mapping.expires.map({ now < $0 }) ?? true
                else { return nil }
                return mapping
            })
    }

    /// What is said of the terms of a layer that is not here. Its publisher is not known, so that
    /// only the child's own publisher and keys that the owner trusts are believed.
    private func stub(_ layer: Digest, by publisher: NodeKey) -> LicenceStub? {
        let contacts = (try? library.index.contacts()) ?? []
        let keys = Set(contacts.filter(\.isTrusted).map(\.key)).union([publisher])
        return try? library.index.stub(of: layer, by: keys)
    }

    /// The layer that holds the base's weights, where no layer is named that is here: leaving its
    /// name out does not leave its terms out. Of several the one that came first.
    func unnamedBase(
        _ weights: Digest, layer: Digest?, of child: Digest? = nil
    ) -> [LicenceLink] {
        if let layer, manifest(layer) != nil { return [] }
        let holders = (try? library.index.layers(weights: weights)) ?? []
        let first = holders.filter { $0.id != child }.min { $0.added < $1.added }
        return first.map { [LicenceLink(.base, .layer($0.id))] } ?? []
    }

    private func manifest(_ layer: Digest) -> Manifest? {
        (try? library.manifest(of: layer)) ?? nil
    }
}
