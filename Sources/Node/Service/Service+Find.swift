import Genome
import Host
import Store
import Swarm
import Wire

/// Searching the records that this node has. A question leaves the machine only where its catalogue
/// is not whole, and never with `local`.
extension Service {
    /// Searches that one `find` makes at most, one where the other stopped: each holds the
    /// catalogue for a few milliseconds, and others go in between.
    private static let roundsMax = 20
    /// Longest wait in milliseconds: an hour.
    private static let waitMax: Int64 = 3_600_000

    /// One bounded search: `query` as its format's page says, and `scope`. What it did not come to
    /// is asked for with `after`.
    func discoverLayers(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let query = try asked { () throws(GenomeError) in
            try LayerQuery(json: request.arguments["query"] ?? .object(JSONObject()))
        }
        return try found(query, request, rounds: 1)
    }

    /// The same by named values, for people: goes on until the page is full or 20 searches were
    /// not enough; with `wait` (milliseconds) until something is found or the time is over.
    func find(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let query = try question(request)
        let wait = request.arguments["wait"]?.integer ?? 0
        let patience = UInt64(min(Self.waitMax, max(0, wait))) * 1_000_000
        let end = Clock.monotonic() + patience
        while true {
            let answer = try found(query, request, rounds: Self.roundsMax)
            if answer["results"]?.array?.isEmpty == false || Clock.monotonic() >= end {
                return answer
            }
            // Others are not asked ten times a second.
            Semaphore().wait(milliseconds: answer["asked"] == nil ? 100 : 1_000)
        }
    }

    // MARK: The question

    private func asked(
        _ body: () throws(GenomeError) -> LayerQuery
    ) throws(Failure) -> LayerQuery {
        do throws(GenomeError) {
            return try body()
        } catch {
            throw Failure(
                .usage, "this search cannot be made: \(error)",
                remedy: "plasmid find --help names the conditions; docs/formats/queries.md their "
                    + "JSON form")
        }
    }

    private func question(_ request: ServiceRequest) throws(Failure) -> LayerQuery {
        var all: [JSONValue] = []
        func add(_ name: String, _ value: JSONValue?) {
            guard let value else { return }
            all.append(.object(JSONObject([.init(name: name, value: value)])))
        }
        for name in [
            "text", "name", "type", "licence", "licenceClass", "tag", "language", "publisher",
            "rank", "size",
        ] {
            add(name, request.arguments[name])
        }
        for tag in request.texts("tags") { add("tag", .string(tag)) }
        if let base = request.text("base") {
            add("base", .string(try weights(of: base).hexadecimal))
        }
        if let name = request.text("organization") {
            add("organization", .string(try organization(named: name).id.base32))
        }
        var object = JSONObject()
        object["all"] = .array(all)
        object["limit"] = request.arguments["limit"]
        object["after"] = request.arguments["after"]
        return try asked { () throws(GenomeError) in try LayerQuery(json: .object(object)) }
    }

    private func weights(of base: String) throws(Failure) -> Digest {
        let layer = try LayerResolver(service: self).resolve(base)
        let records = try inStore { () throws(StoreError) in
            try catalogue.announcements(of: layer)
        }
        if let weights = records.first?.layerFacts?.0.weights { return weights }
        guard let weights = try heldManifest(layer).weights?.id else {
            throw Failure(.refused, "\(base) has no weights that a layer could adapt")
        }
        return weights
    }

    // MARK: The answer

    private func found(
        _ query: LayerQuery, _ request: ServiceRequest, rounds: Int
    ) throws(Failure) -> JSONObject {
        let scope = try FindScope(request.text("scope"))
        let swarm = daemon?.look()
        let nodes = try scope.nodes(self, swarm)
        let kin = try kin(request)
        let reach = try reach(nodes, kin)
        let circles = Dictionary(
            shelf.known().map { ($0.id, $0.domains) }, uniquingKeysWith: { one, _ in one })
        let remote = RemoteSearch(query, request, scope: scope, daemon)
        let answer = try walk(
            query, kin: kin, among: reach?.numbers, circles, rounds)
        let shown = remote.map { remote in
            remote.merged(with: answer.matches, limit: query.limit) {
                kin?.contains($0.layer, baseWeights: $0.baseWeights) ?? true
            }
        }
        let (rows, last) = try rows(shown ?? answer.matches, remote)
        var object = JSONObject()
        object["results"] = .array(rows)
        object["scope"] = .string(scope.rawValue)
        object["nodes"] = nodes.map { .integer(Int64($0.count)) }
        object["truncated"] = .bool(answer.isTruncated || reach?.isCut == true)
        object["next"] = next(last ?? answer.next, shown, remote, query).map { .string("\($0)") }
        object["asked"] = remote?.json
        object["examined"] = .integer(Int64(answer.examined))
        describeFreshness(swarm, in: &object)
        return object
    }

    /// The places of the layers that a scope and the asked-for relatives leave; nil for all.
    private func reach(
        _ nodes: [NodeKey]?, _ kin: Kin?
    ) throws(Failure) -> (numbers: [UInt64], isCut: Bool)? {
        try inStore { () throws(StoreError) in
            let relatives = try kin?.allowed.map { allowed throws(StoreError) in
                try catalogue.numbers(announcedBy: [], or: Array(allowed))
            }
            guard let nodes else { return relatives }
            let near = try catalogue.numbers(
                announcedBy: nodes, or: try library.index.layers().map(\.id))
            guard let relatives else { return near }
            let common = Set(relatives.numbers)
            return (near.numbers.filter(common.contains), near.isCut || relatives.isCut)
        }
    }

    /// Searches until the page is full, everything was looked at, or `rounds` were made.
    private func walk(
        _ query: LayerQuery, kin: Kin?, among numbers: [UInt64]?, _ circles: [NodeKey: [[UInt8]]],
        _ rounds: Int
    ) throws(Failure) -> CatalogueAnswer {
        try inStore { () throws(StoreError) in
            var query = query
            var answer = CatalogueAnswer.nothing
            for _ in 0..<rounds where answer.matches.count < query.limit {
                let more = try catalogue.search(
                    query, among: numbers, circles: circles,
                    limit: query.limit - answer.matches.count
                ) { kin?.contains($0.layer, baseWeights: $0.baseWeights) ?? true }
                answer = answer.followed(by: more)
                guard more.isTruncated, let next = more.next else { break }
                query.after = next
            }
            return answer
        }
    }

    /// Where the page after this one begins: where the own search or that of others stopped, at the
    /// highest of these places, so that nothing is passed over.
    private func next(
        _ own: UInt64?, _ shown: [CatalogueAnswer.Match]?, _ remote: RemoteSearch?,
        _ query: LayerQuery
    ) -> UInt64? {
        guard let shown, let remote else { return own }
        var places = [own ?? 0, remote.result.reached]
        if shown.count == query.limit, let last = shown.last { places.append(last.number) }
        let next = places.max() ?? 0
        return next > 0 ? next : nil
    }

    /// The answers for programs, as many as fit into a reply, and where the rest begins.
    private func rows(
        _ matches: [CatalogueAnswer.Match], _ remote: RemoteSearch?
    ) throws(Failure) -> (rows: [JSONValue], next: UInt64?) {
        try inStore { () throws(StoreError) in
            var rows: [JSONValue] = []
            var bytes = 0
            var last: UInt64?
            for match in matches {
                guard let (content, publisher) = match.record.layerFacts else { continue }
                var object = Self.described(content, publisher: publisher)
                object["visibility"] = .string(visibility(of: match.record))
                let isHeld = try library.index.layer(content.layer) != nil
                let known = try catalogue.holderCount(of: content.layer)
                let told = remote?.holders(of: content.layer).count ?? 0
                object["holders"] = .integer(Int64(max(known, told)))
                object["held"] = .bool(isHeld)
                object["access"] = .string(isHeld ? "here" : "open")
                object["verified"] = .bool(isHeld || match.record.type == .layer)
                object["language"] = content.language.map { .string($0) }
                object["issued"] = .integer(Int64(clamping: match.record.issued))
                bytes += CanonicalJSON.write(object).count
                guard bytes <= QueryLimits.replyBytesMax else { return (rows, last) }
                last = match.number
                rows.append(.object(object))
            }
            return (rows, nil)
        }
    }

    /// How old the answer may be: milliseconds since 1970 of the oldest comparison with a
    /// neighbour, and how many of them agreed then; null where there was none.
    private func describeFreshness(_ swarm: Swarm?, in object: inout JSONObject) {
        let freshness = swarm?.freshness
        let asOf = freshness?.oldest.map { oldest in
            let age = (Clock.monotonic() - min(oldest, Clock.monotonic())) / 1_000_000
            return JSONValue.integer(
                Int64(clamping: Clock.wallMilliseconds() - min(age, Clock.wallMilliseconds())))
        }
        object["asOf"] = asOf ?? .null
        object["domains"] = [
            [
                "domain": "public", "asOf": asOf ?? .null,
                "neighbours": .integer(Int64(freshness?.neighbours ?? 0)),
                "agreeing": .integer(Int64(freshness?.agreeing ?? 0)),
            ]
        ]
        object["running"] = .bool(daemon != nil)
    }
}
