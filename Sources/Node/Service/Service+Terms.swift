import Genome
import Store
import Wire

/// What terms let one do, and whether a layer may bear the ones it states.
extension Service {
    /// Terms that drop what base, parents or data ask are not signed. Gives what is to be said
    /// although it refuses nothing.
    func requireTerms(_ manifest: Manifest) throws(Failure) -> [LicenceRefusal] {
        let answer = KnownTerms(library: library).answer(manifest)
        try Self.require(answer, manifest.name)
        return answer.warnings
    }

    /// Compares layers with those that are here.
    var origins: OriginCheck { OriginCheck(library: library, own: keys.node.publicKey) }

    /// Weights of others are not signed without their name; a private copy leaves nobody's name
    /// out, because it goes nowhere. Gives what the layer is recognised by.
    func requireOrigin(_ manifest: Manifest) throws(Failure) -> WeightsTraces {
        let sealed = try inStore { () throws(StoreError) in
            try origins.sealedForAnother(manifest)
        }
        if let sealed {
            throw Failure(
                .refused, "\(manifest.name) is not yours to share", why: sealed,
                remedy: "share files of your own")
        }
        let traces = origins.traces(of: manifest)
        let finding = try inStore { () throws(StoreError) in
            try origins.catchUp()
            return try origins.findings(manifest, traces).first
        }
        guard let finding, manifest.visibility != .private else { return traces }
        throw Failure(
            .licence, "\(manifest.name) does not say where it comes from", why: finding.words,
            remedy: finding.remedy(for: manifest.weights?.id) + "; or keep it private: "
                + "--visibility private")
    }

    /// What a layer that is here seems to be made from and does not name.
    func describeOrigins(of manifest: Manifest, in object: inout JSONObject) throws(Failure) {
        let found = try inStore { () throws(StoreError) -> [OriginCheck.Finding] in
            try origins.catchUp()
            guard let traces = try library.index.traces(of: manifest.layer) else { return [] }
            return try origins.findings(manifest, traces)
        }
        object["origins"] = .array(found.map(\.json))
    }

    private static func require(_ answer: LicenceAnswer, _ name: String) throws(Failure) {
        guard let refusal = answer.refusal else { return }
        throw Failure(
            .licence, "\(name) may not be shared under these terms",
            why: refusal.description, remedy: refusal.remedy)
    }

    /// Whether a layer that is yet to be made may be shared as it is meant to be, so that nobody
    /// trains for hours what is refused then. Arguments as for `share`: `name`, `visibility`, and
    /// the optional `licence`, `base`, `parents`, `trainingData` (a name and a licence each).
    func terms(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let known = KnownTerms(library: library)
        var links: [LicenceLink] = []
        if let base = try request.arguments["base"].map({ json throws(Failure) in
            try BaseFacts.read(json)
        }) {
            links = known.unnamedBase(base.weights, layer: base.layer)
            links += [base.layer].compactMap { $0 }.map { LicenceLink(.base, .layer($0)) }
        }
        links += request.texts("parents").compactMap { Digest(hexadecimal: $0) }
            .map { LicenceLink(.parent, .layer($0)) }
        links += (request.arguments["trainingData"]?.array ?? []).map { data in
            let label = data["name"]?.string ?? ""
            guard let text = data["licence"]?.string,
                let expression = try? LicenceExpression(parsing: text)
            else { return LicenceLink(.data, .unstated(label)) }
            return LicenceLink(
                .data, .stated(LicenceSource(label: label, stated: .expression(expression))))
        }
        let name = try request.required("name")
        let child = LicenceChild(
            name: name,
            declared: request.text("licence").flatMap { try? LicenceExpression(parsing: $0) },
            visibility: request.text("visibility").flatMap { Visibility(rawValue: $0) } ?? .private,
            links: links, isTrained: true)
        let answer = known.answer(child, by: keys.node.publicKey)
        try Self.require(answer, name)
        var object = JSONObject()
        object["terms"] = LicenceExplanation(answer.effective).json
        object["termsUnverified"] = .array(answer.unverified.map { .string($0) })
        object["termsWarned"] = .array(answer.warnings.map { .string($0.description) })
        return object
    }

    /// What may be done with a layer that is here: its own terms joined with those of all it was
    /// made from, as far as that is here too.
    func describeTerms(of manifest: Manifest, in object: inout JSONObject) {
        let answer = KnownTerms(library: library).answer(manifest)
        object["terms"] =
            answer.effective.isEmpty
            ? LicenceExplanation(of: manifest.licence).json
            : LicenceExplanation(answer.effective).json
        object["termsUnverified"] = .array(answer.unverified.map { .string($0) })
        object["termsRefused"] = answer.refusal.map { .string($0.description) } ?? .null
        object["termsWarned"] = .array(answer.warnings.map { .string($0.description) })
    }

    /// What the terms ask, in plain words.
    static func words(_ licence: LicenceExpression?) -> String {
        guard let licence else { return "terms not stated: for private use only" }
        let parts = licence.identifiers.map { id in
            id + ": " + (LicenceCatalogue.entry(of: id)?.words ?? "read its text")
        }
        return parts.joined(separator: "; ")
    }
}
