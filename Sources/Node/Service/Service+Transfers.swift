import Genome
import Host
import Store
import Swarm
import Wire

/// What people see of fetches that are under way, and do with them; how much of the line they use.
extension Service {
    static let limitsPolicy = "transferLimits"

    /// Lists fetches, or pauses, resumes, cancels or reorders those of a layer, or all.
    func transfers(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let daemon = try runningNode("transfers")
        if let action = request.text("action") {
            let chosen = try chosen(request.text("layer"), daemon)
            let input = try change(action, request.text("priority"))
            for entry in chosen {
                let number = entry.number
                daemon.loop.post(
                    .input(input.map { .changeFetch(number, $0) } ?? .cancelFetch(number)))
            }
            // Two turns of the loop: the change, and the word of it.
            _ = daemon.look()
        }
        var object = JSONObject()
        object["transfers"] = .array(transfers(daemon))
        return object
    }

    /// What an action does to a fetch; nil for one that ends it.
    private func change(
        _ action: String, _ priority: String?
    ) throws(Failure) -> FetchChange? {
        switch action {
        case "pause": return .pause
        case "resume": return .resume
        case "cancel": return nil
        case "prioritize":
            guard let priority = priority.flatMap({ FetchPriority(name: $0) }) else {
                throw Failure(
                    .usage, "\(PlainText.shown(priority ?? "")) is no priority",
                    why: "there are low, normal and high")
            }
            return .prioritize(priority)
        default: throw Failure(.unsupported, "this node does not know \(action)")
        }
    }

    /// The fetches of a layer that is named, or all for `all`.
    private func chosen(
        _ text: String?, _ daemon: Daemon
    ) throws(Failure) -> [Transfers.Entry] {
        let entries = daemon.transfers.all
        guard let text else {
            throw Failure(
                .usage, "LAYER is missing", why: "it names the fetch that is meant, or is all")
        }
        if text == "all" { return entries }
        let layer = try LayerResolver(service: self).resolve(text)
        let found = entries.filter { $0.layer == layer }
        guard !found.isEmpty else {
            throw Failure(
                .notFound, "\(PlainText.shown(text)) is not being fetched",
                remedy: "see what is with: plasmid transfers")
        }
        return found
    }

    /// The fetches that are under way, with the names of their layers.
    func transfers(_ daemon: Daemon) -> [JSONValue] {
        daemon.transfers.all.map { entry in
            let facts = try? catalogue.announcements(of: entry.layer).first?.layerFacts
            return entry.json(name: facts.map { $0.0.reference(by: $0.1).description })
        }
    }

    // MARK: Limits

    /// Shows how much of the line transfers may use, after changing what is named.
    func limits(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        var limits =
            try inStore { () throws(StoreError) in
                try library.index.policy(Self.limitsPolicy).map { TransferLimits(text: $0) }
            } ?? TransferLimits()
        let changes = request.arguments["limits"]?.object?.members ?? []
        for member in changes { try set(member.name, member.value, in: &limits) }
        if !changes.isEmpty {
            let text = limits.text
            try inStore { () throws(StoreError) in
                try library.setPolicy(Self.limitsPolicy, text)
            }
            daemon?.loop.post(.input(.limits(limits)))
        }
        return limits.json
    }

    private func set(
        _ name: String, _ value: JSONValue, in limits: inout TransferLimits
    ) throws(Failure) {
        if name == "local" {
            limits.countsLocal = value.bool ?? false
            return
        }
        let bytes = value.integer.map { UInt64(clamping: $0) }
        guard bytes.map({ $0 >= TransferLimits.rateMin }) ?? true else {
            throw Failure(
                .usage, "\(name) cannot be so low",
                why: "below \(TransferLimits.rateMin) bytes a second a group takes longer than "
                    + "peers wait",
                remedy: "to stop fetching: plasmid transfers all --pause")
        }
        switch name {
        case "download": limits.download = bytes
        case "upload": limits.upload = bytes
        case "peer": limits.uploadPerPeer = bytes
        default:
            throw Failure(
                .usage, "\(PlainText.shown(name)) is no limit",
                why: "there are download, upload, peer and local")
        }
    }
}

extension TransferLimits {
    /// A group of 1 MiB in two minutes, after which a fetch is given up that brings nothing.
    static let rateMin: UInt64 = 16 << 10

    /// As it is kept: `download upload peer local`, 0 for none.
    var text: String {
        "\(download ?? 0) \(upload ?? 0) \(uploadPerPeer ?? 0) \(countsLocal ? 1 : 0)"
    }

    /// Limits as they were kept; none where the text is not of this version.
    init(text: String) {
        let numbers = text.split(separator: " ").compactMap { UInt64($0) }
        guard numbers.count == 4 else {
            self.init()
            return
        }
        func limit(_ number: UInt64) -> UInt64? { number == 0 ? nil : number }
        self.init(
            download: limit(numbers[0]), upload: limit(numbers[1]),
            uploadPerPeer: limit(numbers[2]), countsLocal: numbers[3] == 1)
    }

    var json: JSONObject {
        func value(_ number: UInt64?) -> JSONValue {
            number.map { .integer(Int64(clamping: $0)) } ?? .null
        }
        var object = JSONObject()
        object["download"] = value(download)
        object["upload"] = value(upload)
        object["peer"] = value(uploadPerPeer)
        object["local"] = .bool(countsLocal)
        return object
    }
}
