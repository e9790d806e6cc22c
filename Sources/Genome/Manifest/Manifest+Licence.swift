import Wire

/// What a manifest says about its terms, in the form in which they pass on.
extension Manifest {
    /// Widest visibility that a layer of `publisher` made from this one may have: what the
    /// classification says; without one, any for the publisher's own and no wider than this layer
    /// for others.
    public func widestChild(of publisher: NodeKey) -> Visibility {
        switch json["classification"]?.string {
        case "public"?: .public
        case "internal"?: .organization
        case "confidential"?: .whitelist
        case "restricted"?: .private
        default: publisher == self.publisher ? .public : visibility
        }
    }

    /// Everything that it says it was made from: base, parents and data, with the terms that it
    /// states for data that is no layer.
    public var licenceLinks: [LicenceLink] {
        var links: [LicenceLink] = []
        if let layer = base?.layer { links.append(LicenceLink(.base, .layer(layer))) }
        // Members of an assembly count as parents whether or not it says so.
        let parents = parents.map(\.layer)
        let members = assemblyMembers.filter { !parents.contains($0) }
        links += (parents + members).map { LicenceLink(.parent, .layer($0)) }
        for dataset in datasets {
            let label = dataset["name"]?.string ?? ""
            if let layer = dataset.digest("layer") {
                links.append(LicenceLink(.data, .layer(layer)))
            }
            if let text = dataset["licence"]?.string,
                let expression = try? LicenceExpression(parsing: text)
            {
                let source = LicenceSource(label: label, stated: .expression(expression))
                links.append(LicenceLink(.data, .stated(source)))
            } else if dataset.digest("layer") == nil {
                links.append(LicenceLink(.data, .unstated(label)))
            }
        }
        return links
    }

    /// The data that it says it learned from, wherever it says so.
    private var datasets: [JSONValue] {
        let whole = JSONValue.object(json)
        return (whole["provenance"]?["trainingData"]?.array ?? [])
            + (whole["pretraining"]?["dataset"]?.array ?? [])
            + [whole["adaptation"]?["trainingDataset"]].compactMap { $0 }
    }

    /// This layer as a source of terms for a layer of `publisher`; `more` is what it is known to be
    /// made from besides.
    public func licenceSource(
        for publisher: NodeKey, madeFrom more: [LicenceLink] = []
    ) -> LicenceSource {
        LicenceSource(
            label: "\(name)@\(version.text)", stated: licence.map { .expression($0) } ?? .nothing,
            widestChild: widestChild(of: publisher), links: more + licenceLinks,
            isTrained: isTrained)
    }

    /// This layer as one whose terms are to be checked; `more` is what it is known to be made from
    /// besides.
    public func licenceChild(madeFrom more: [LicenceLink] = []) -> LicenceChild {
        LicenceChild(
            name: name, declared: licence, visibility: visibility, links: more + licenceLinks,
            isTrained: isTrained)
    }

    /// Whether it is a model or an adapter that learned from data and does not hold them, as a
    /// memory does, or an adapter with its data beside it: what binds who passes data on binds
    /// who passes on such a layer.
    private var isTrained: Bool {
        guard type == .foundation || type == .lora else { return false }
        let data = Set(datasets.compactMap { $0.digest("blob") })
        return !files.contains { file in
            data.contains(file.blob) || file.path.text.hasPrefix(Self.dataFolder)
        }
    }

    /// Where a run's data lie in its layer.
    static let dataFolder = "run/data/"
}
