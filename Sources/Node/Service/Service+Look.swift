import Genome
import Host
import Store
import Swarm
import Wire

extension Service {
    /// The layers that are here; of them those that `ancestorOf`, `descendantOf` and
    /// `compatibleWith` leave.
    func list(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let entries = try inStore { () throws(StoreError) in try library.index.layers() }
        let kin = try kin(request)
        var rows: [JSONValue] = []
        for entry in entries
        where kin?.contains(entry.id, baseWeights: entry.baseWeights) ?? true {
            let manifest = try heldManifest(entry.id)
            rows.append([
                "layer": .string(entry.id.hexadecimal),
                "uuid": .string(manifest.uuid.description),
                "ref": .string(manifest.reference.description),
                "type": .string(entry.type),
                "licence": .string(entry.licence ?? ""),
                "visibility": .string(entry.visibility),
                "size": .integer(Int64(entry.size)),
                "origin": entry.origin == .own ? "own" : "fetched",
                "added": .integer(Int64(entry.added)),
                "stored": .integer(
                    Int64(
                        clamping: try inStore { () throws(StoreError) in
                            try library.index.stored(of: entry.id).stored
                        })),
            ])
        }
        var object = JSONObject()
        object["layers"] = .array(rows)
        return object
    }

    /// All there is to know about one layer: its manifest when it is here, its record when not.
    func show(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        let isHere = try inStore { () throws(StoreError) in
            try library.index.layer(layer) != nil
        }
        let records = try inStore { () throws(StoreError) in
            try catalogue.announcements(of: layer)
        }
        var object: JSONObject
        if isHere {
            let manifest = try heldManifest(layer)
            object = try described(manifest)
            object["held"] = true
            let stored = try inStore { () throws(StoreError) in
                try library.index.stored(of: layer)
            }
            object["stored"] = .integer(Int64(clamping: stored.stored))
            object["manifest"] = .object(manifest.json)
            object["licenceWords"] = .string(Self.words(manifest.licence))
            describeTerms(of: manifest, in: &object)
            try describeOrigins(of: manifest, in: &object)
            if !manifest.dependencies.isEmpty {
                object["dependencies"] = try dependencies(of: manifest)
            }
            object["claims"] = .array(try claims(of: manifest))
            object["newerNodeNeeded"] = .array(manifest.notUnderstood.map { .string($0) })
        } else if let (content, publisher) = records.first?.layerFacts {
            object = Self.described(content, publisher: publisher)
            object["visibility"] = .string(visibility(of: records[0]))
            object["held"] = false
            let licence = try? LicenceExpression(parsing: content.licence)
            object["licenceWords"] = .string(Self.words(licence))
            object["terms"] = LicenceExplanation(of: licence).json
        } else {
            object = JSONObject()
            object["layer"] = .string(layer.hexadecimal)
            object["uuid"] = .string(LayerUUID(of: layer).description)
            object["held"] = false
        }
        let said = try statements(about: layer)
        guard isHere || !records.isEmpty || !said.isEmpty else {
            throw Failure(
                .notFound, "nothing is known about layer \(layer.hexadecimal)",
                remedy: "plasmid find --wait 10")
        }
        object["holders"] = .array(records.map { .string(($0.signer ?? $0.publisher).base32) })
        object["statements"] = .array(said)
        return object
    }

    static func described(_ content: LayerContent, publisher: NodeKey) -> JSONObject {
        var object = JSONObject()
        object["layer"] = .string(content.layer.hexadecimal)
        object["uuid"] = .string(LayerUUID(of: content.layer).description)
        object["ref"] = .string(content.reference(by: publisher).description)
        object["type"] = .string(content.type)
        object["licence"] = .string(content.licence)
        object["size"] = .integer(Int64(clamping: content.size))
        object["base"] = content.baseWeights.map { .string($0.hexadecimal) } ?? .null
        object["publisher"] = .string(publisher.base32)
        object["summary"] = .string(content.summary ?? "")
        object["tags"] = .array(content.tags.map { .string($0) })
        object["rank"] = content.rank.map { .integer(Int64(clamping: $0)) } ?? .null
        return object
    }

    /// Who a record is for, as far as this node knows the circles.
    func visibility(of record: Record) -> String {
        guard case .restricted(let tag) = record.domain else { return "public" }
        let isShared = shelf.known()
            .contains { $0.domains.contains(tag) }
        return isShared ? "organization" : "whitelist"
    }

    /// What this home is and holds.
    func status() throws(Failure) -> JSONObject {
        var object = JSONObject()
        try inStore { () throws(StoreError) in
            object["node"] = .string(keys.node.publicKey.base32)
            object["label"] = .string(try library.home.label() ?? "")
            object["home"] = .string(library.layout.home)
            object["sealing"] = .string(keys.sealingRecipient)
            object["version"] = .string(Software.version)
            object["layers"] = .integer(Int64(try library.index.layers().count))
            object["blobs"] = .integer(Int64(try library.index.blobs().count))
            object["records"] = .integer(Int64(try catalogue.count()))
            object["journal"] = .integer(Int64(journal.count))
        }
        let accounts = try accounts()
        object["bytes"] = accounts["stored"]
        object["quota"] = accounts["quota"]
        object["store"] = .object(accounts)
        object["scrub"] = .object(try scrubbed())
        object["running"] = .bool(daemon != nil)
        object["restored"] = try restored()
        object["role"] = .string(try library.role().rawValue)
        object["twin"] = try twin()
        if let daemon {
            object["process"] = .integer(Int64(Machine.processNumber))
            object["peer"] = .string(daemon.peerAddress.description)
            object["http"] = .null
            let look = daemon.look()
            object["peers"] = .integer(Int64(look.sessions.count))
            object["neighbours"] = .integer(
                Int64(look.sessions.values.count { $0.isNeighbour }))
            object["addresses"] = Self.words(look.addresses)
            object["sent"] = .integer(
                Int64(clamping: look.sessions.values.reduce(0) { $0 + $1.sent }))
            object["received"] = .integer(
                Int64(clamping: look.sessions.values.reduce(0) { $0 + $1.received }))
            object["transfers"] = .array(transfers(daemon))
            object["network"] = Self.network(look, door: daemon.door)
            object["circles"] = Self.circles(look)
            object["lan"] = Self.lan(daemon.lan, look.beacons)
            object["datagrams"] = Self.datagrams(daemon.datagrams, look.datagramFigures)
            object["reach"] = Self.reach(look.reach)
            object["mirrors"] = Self.mirrors(look)
            object["memory"] = Self.memory(daemon, look, catalogue)
            object["searches"] = Self.searches(catalogue.searchCounters)
        }
        return object
    }

    /// What is known of other nodes' addresses, and how often what was told was not taken.
    private static func words(_ book: AddressBook) -> JSONValue {
        let counters = book.counters
        return .counts([
            ("new", UInt64(book.count(in: .new))), ("tried", UInt64(book.count(in: .tried))),
            ("taken", counters.taken), ("tooMany", counters.tooMany),
            ("crowded", counters.crowded), ("replaced", counters.replaced),
            ("contested", counters.contested), ("evicted", counters.evicted),
        ])
    }

    /// Whether this home was made from a backup, and whether its twin was met.
    private func restored() throws(Failure) -> JSONValue {
        let mark = try inStore { () throws(StoreError) in
            try RestoredMark.read(library.layout, now: Clock.wallMilliseconds())
        }
        guard let mark else { return .null }
        return [
            "at": .integer(Int64(clamping: mark.restored)),
            "twinMet": mark.met.map { .integer(Int64(clamping: $0)) } ?? .null,
        ]
    }

    /// Another live node with this node's key, if one was met within a day: when, and where it is.
    private func twin() throws(Failure) -> JSONValue {
        let mark = try inStore { () throws(StoreError) in try TwinMark.read(library.layout) }
        guard let mark, mark.isFresh(at: Clock.wallMilliseconds()) else { return .null }
        return [
            "met": .integer(Int64(clamping: mark.met)),
            "places": .array(mark.places.map { .string($0) }),
        ]
    }

    /// Whether this node's key runs in one place only, in words.
    func keyCheck() throws(Failure) -> LayerCheck {
        let name = "key"
        let mark = try inStore { () throws(StoreError) in try TwinMark.read(library.layout) }
        let now = Clock.wallMilliseconds()
        guard let mark, mark.isFresh(at: now) else {
            return LayerCheck(
                name: name, isSound: true, detail: "no other node with this key was met today")
        }
        let place = mark.places.isEmpty ? "" : " at " + mark.places.joined(separator: ", ")
        let age = Ages.text(Int64(clamping: now - min(now, mark.met)) / 1_000)
        let since = age == "now" ? "just now" : "\(age) ago"
        return LayerCheck(
            name: name, isSound: false,
            detail: "another node runs with this node's key, met \(since)\(place): one home was "
                + "copied. Stop one of the two, and give it a home of its own: PLASMID_HOME=NEW "
                + "plasmid init; layers move with plasmid export and share")
    }

    private var journal: Journal { library.journal }
}
