import Genome
import Store
import Swarm
import Wire

/// Where layers come from, what fits what, and what was used here.
extension Service {
    /// Records that are looked through for relations of layers that are not here.
    private static let recordsMax = 100_000

    /// Says how a layer that is here came from another: a statement of this node, `evolution`.
    /// Arguments: `layer`, `body`, and the layer it came from as `from`.
    func evolve(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        let from = try LayerResolver(service: self).resolve(try request.required("from"))
        guard layer != from else {
            throw Failure(.usage, "a layer does not come from itself")
        }
        let manifest = try heldManifest(layer)
        var body = request.arguments["body"]?.object ?? JSONObject()
        body["from"] = .string(from.hexadecimal)
        var arguments = request.arguments
        arguments["body"] = .object(body)
        let answer = try state(
            .evolution, ServiceRequest(verb: request.verb, arguments: arguments, files: []))
        // What it came from has a say in its terms, and in those of all that came of it.
        try tell(of: manifest)
        daemon?.port.rejudge(madeFrom: layer)
        return answer
    }

    /// The lineage of a layer that is here or was heard of. Arguments: `layer`, and the optional
    /// `up`, `down` (both without either) and `depth`.
    func lineage(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        var directions: [LineageDirection] = []
        if request.arguments["up"]?.bool == true { directions.append(.up) }
        if request.arguments["down"]?.bool == true { directions.append(.down) }
        if directions.isEmpty { directions = [.up, .down] }
        let wanted = directions
        let depth = request.arguments["depth"]?.integer.map { Int(clamping: $0) } ?? .max
        let graph = try inStore { () throws(StoreError) in
            try library.index.lineage(
                of: layer, wanted, depth: depth, own: keys.node.publicKey)
        }
        let nodes = try graph.nodes.map { node throws(Failure) in
            node.knowledge == .id ? try heard(node) : node
        }
        return LineageGraph(
            root: graph.root, nodes: nodes, edges: graph.edges, isCut: graph.isCut
        ).json
    }

    /// What records say of a layer that is not here.
    private func heard(_ node: LineageNode) throws(Failure) -> LineageNode {
        let records = try inStore { () throws(StoreError) in
            try catalogue.announcements(of: node.layer)
        }
        guard let (content, publisher) = records.first?.layerFacts else { return node }
        var node = node
        node.knowledge = .heard
        node.name = content.name
        node.version = content.version
        node.type = content.type
        node.licence = content.licence
        node.publisher = publisher.base32
        return node
    }

    // MARK: Queries

    /// The layers that `ancestorOf`, `descendantOf`, `compatibleWith` and `goesWith` leave; nil
    /// without any of them.
    func kin(_ request: ServiceRequest) throws(Failure) -> Kin? {
        var kin = Kin()
        var isAsked = false
        for (name, direction) in [
            ("ancestorOf", LineageDirection.up), ("descendantOf", .down),
        ] {
            guard let text = request.text(name) else { continue }
            isAsked = true
            let layer = try LayerResolver(service: self).resolve(text)
            let family = try family(of: layer, direction)
            kin.allowed = kin.allowed.map { $0.intersection(family) } ?? family
        }
        if let text = request.text("compatibleWith") {
            isAsked = true
            let layer = try LayerResolver(service: self).resolve(text)
            kin.partner = layer
            kin.baseWeights = try baseWeights(of: layer)
            kin.enemies = try inStore { () throws(StoreError) in
                try library.index.partners(
                    .conflictsWith, of: layer, own: keys.node.publicKey)
            }
        }
        if let text = request.text("goesWith") {
            isAsked = true
            let layer = try LayerResolver(service: self).resolve(text)
            let friends = try inStore { () throws(StoreError) in
                try library.index.partners(
                    .synergizesWith, of: layer, own: keys.node.publicKey)
            }
            kin.allowed = kin.allowed.map { $0.intersection(friends) } ?? friends
        }
        return isAsked ? kin : nil
    }

    /// What relatives were asked for.
    struct Kin {
        /// Only these; nil for all.
        var allowed: Set<Digest>?
        /// The layer that others should fit.
        var partner: Digest?
        /// The weights that it and they adapt.
        var baseWeights: Digest?
        /// Those that do not go with it.
        var enemies: Set<Digest> = []

        /// Whether a layer with that base is wanted.
        func contains(_ layer: Digest, baseWeights: Digest?) -> Bool {
            if let allowed, !allowed.contains(layer) { return false }
            guard let partner else { return true }
            return layer != partner && baseWeights == self.baseWeights && !enemies.contains(layer)
        }
    }

    /// Ancestors or descendants: by manifests that are here, then by records of those that are
    /// not, until neither adds any.
    private func family(
        of layer: Digest, _ direction: LineageDirection
    ) throws(Failure) -> Set<Digest> {
        let own = keys.node.publicKey
        return try inStore { () throws(StoreError) in
            let records = try catalogue.layers(limit: Self.recordsMax)
                .compactMap { $0.layerFacts?.0 }
            var found: Set<Digest> = [layer]
            var open = [layer]
            let parents = Self.parents(of: records)
            while let next = open.popLast() {
                let members = try library.index.family(of: next, direction, own: own).layers
                let told = direction == .up ? parents.up[next] : parents.down[next]
                for member in members.map(\.layer) + (told ?? [])
                where found.insert(member).inserted { open.append(member) }
            }
            return found.subtracting([layer])
        }
    }

    /// Parents and children by the word of records; a base is known by its weights.
    private static func parents(
        of records: [LayerContent]
    ) -> (up: [Digest: [Digest]], down: [Digest: [Digest]]) {
        var bases: [Digest: [Digest]] = [:]
        for record in records {
            if let weights = record.weights { bases[weights, default: []].append(record.layer) }
        }
        var (up, down) = ([Digest: [Digest]](), [Digest: [Digest]]())
        for record in records {
            let named = record.baseWeights.flatMap { bases[$0] } ?? []
            for parent in record.parents + named where parent != record.layer {
                up[record.layer, default: []].append(parent)
                down[parent, default: []].append(record.layer)
            }
        }
        return (up, down)
    }

    /// What a layer adapts; its own weights if it is a base itself.
    private func baseWeights(of layer: Digest) throws(Failure) -> Digest {
        let entry = try inStore { () throws(StoreError) in try library.index.layer(layer) }
        let records = try inStore { () throws(StoreError) in
            try catalogue.announcements(of: layer)
        }
        let heard = records.first?.layerFacts?.0
        let found =
            entry.flatMap { $0.baseWeights ?? $0.weights } ?? heard?.baseWeights ?? heard?.weights
        guard let found else {
            throw Failure(
                .refused, "nothing can be compatible with layer \(layer.hexadecimal.prefix(16))",
                why: "it has no base and no weights that others could share",
                remedy: "name an adapter or a base model")
        }
        return found
    }

    // MARK: Usage

    /// Notes that a command used layers. Arguments: `layers` (ids), `session`, `command`,
    /// `started`, `ended` (milliseconds since 1970).
    func noteUse(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let layers = request.texts("layers").compactMap { Digest(hexadecimal: $0) }
        let session = try request.required("session")
        let verb = try request.required("command")
        guard let started = request.arguments["started"]?.integer,
            let ended = request.arguments["ended"]?.integer, session.utf8.count <= 64,
            verb.utf8.count <= 16
        else { throw Failure(.usage, "the use is not described") }
        try inStore { () throws(StoreError) in
            try library.index.noteUse(
                of: layers, user: keys.node.publicKey, session: session, verb: verb,
                started: UInt64(max(0, started)), ended: UInt64(max(0, ended)))
        }
        return JSONObject()
    }

    /// Judges the newest use of a layer, or forgets all uses of it, if that is asked; then tells
    /// them. Arguments: `layer` and the optional `rating`, `forget`.
    func usage(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        if let rating = request.arguments["rating"]?.integer {
            let isRated = try inStore { () throws(StoreError) in
                try library.index.rate(layer, Double(rating))
            }
            guard isRated else {
                throw Failure(
                    .notFound, "layer \(layer.hexadecimal.prefix(16)) was not used here",
                    why: "a use that was noted is judged, and there is none",
                    remedy: "use it first: plasmid infer --layer \(layer.hexadecimal.prefix(16))")
            }
        }
        let uses = try inStore { () throws(StoreError) in
            if request.arguments["forget"]?.bool == true {
                try library.index.forgetUses(of: layer)
            }
            return try library.index.uses(of: layer)
        }
        var object = JSONObject()
        object["layer"] = .string(layer.hexadecimal)
        object["uses"] = .array(
            uses.map { use in
                [
                    "session": .string(use.session), "verb": .string(use.verb),
                    "started": .string(use.startedAt), "ended": .string(use.endedAt),
                    "rating": use.rating.map { .double($0) } ?? .null,
                ]
            })
        return object
    }
}
