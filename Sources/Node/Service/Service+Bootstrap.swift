import Genome
import Host
import Store
import Swarm
import Wire

/// Signed lists of nodes to call first: made, looked at and taken.
extension Service {
    /// Life of a list that names no other: half a year.
    private static let bootstrapDays: Int64 = 180

    /// `action` create, show, verify, take, forget or list.
    func bootstrap(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        switch request.text("action") {
        case "create": return try createBootstrap(request)
        case "show": return try shown(request)
        case "verify":
            let list = try opened(request)
            var trusted = Set(try bootstraps().signers())
            if let key = try bootstrapKey(request) { trusted = [key] }
            try bootstraps().check(list, trusted: trusted, named: name(request))
            return described(list)
        case "take": return try takeBootstrap(request)
        case "forget":
            let key = try self.key(try request.required("key"))
            guard try bootstraps().forget(key) else {
                throw Failure(
                    .notFound, "no list of \(key.fingerprint) is here",
                    remedy: "see which there are with: plasmid bootstrap list")
            }
            return try kept()
        default: return try kept()
        }
    }

    private func bootstraps() throws(Failure) -> BootstrapShelf {
        BootstrapShelf(library: library, network: try NetworkFile.of(home: library.layout.home))
    }

    private func name(_ request: ServiceRequest) -> String { request.text("file") ?? "the list" }

    private func bootstrapKey(_ request: ServiceRequest) throws(Failure) -> NodeKey? {
        guard let text = request.text("key") else { return nil }
        return try key(text)
    }

    private func opened(_ request: ServiceRequest) throws(Failure) -> BootstrapList {
        let text = try request.required("list")
        return try BootstrapShelf.open(Array(text.utf8), named: name(request))
    }

    private func createBootstrap(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        var entries: [BootstrapList.Entry] = []
        for text in request.texts("entries") {
            guard let ticket = try? Ticket(text: text), !ticket.endpoints.isEmpty else {
                throw Failure(
                    .usage, "\(PlainText.shown(text)) is not a ticket with an address",
                    remedy: "plasmid ticket prints one on the machine that is to be listed")
            }
            entries.append(.init(key: ticket.key, endpoints: ticket.endpoints))
        }
        var publisher = keys.node.publicKey
        if let name = request.text("as") { publisher = try identity(named: name).key }
        let now = Int64(Clock.wallMilliseconds() / 1_000)
        let days = request.arguments["days"]?.integer ?? Self.bootstrapDays
        let sequence = request.arguments["sequence"]?.integer.flatMap { UInt64(exactly: $0) }
        let network = try bootstraps().network
        let list: BootstrapList
        do throws(GenomeError) {
            list = try BootstrapList.make(
                network: network.id, publisher: publisher,
                // Seconds grow by themselves, also where the last list is not at hand.
                sequence: sequence ?? UInt64(max(0, now)), issued: now,
                expires: now + days * 86_400, entries: entries)
        } catch {
            throw Failure(.usage, "such a list cannot be made", why: "\(error)")
        }
        let envelope = try signed(
            list.bytes, BootstrapList.payloadType, by: publisher, agent: request.text("agent"))
        var object = described(list)
        object["list"] = .string(String(decoding: envelope.encode(), as: UTF8.self))
        return object
    }

    /// What a list says, and whether this node would take it.
    private func shown(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let list = try opened(request)
        var object = described(list)
        let trusted = Set(try bootstraps().signers())
        do throws(Failure) {
            try bootstraps().check(list, trusted: trusted, named: name(request))
            object["usable"] = true
        } catch {
            object["usable"] = false
            object["why"] = .string(error.message + (error.why.isEmpty ? "" : ": \(error.why)"))
            object["do"] = .string(error.remedy)
        }
        return object
    }

    private func takeBootstrap(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let text = try request.required("list")
        var trusted = Set(try bootstraps().signers())
        if let key = try bootstrapKey(request) { trusted.insert(key) }
        let list = try bootstraps().take(
            Array(text.utf8), trusted: trusted, named: name(request))
        daemon?.take(list)
        return described(list)
    }

    /// The lists that this home has taken.
    private func kept() throws(Failure) -> JSONObject {
        let shelf = try bootstraps()
        var rows: [JSONValue] = []
        for signer in try shelf.signers() {
            if let list = try shelf.kept(of: signer) { rows.append(.object(described(list))) }
        }
        var object = JSONObject()
        object["lists"] = .array(rows)
        return object
    }

    private func described(_ list: BootstrapList) -> JSONObject {
        let groups = Set(list.entries.compactMap { $0.endpoints.first.flatMap { Netgroup($0) } })
        var object = JSONObject()
        object["publisher"] = .string(list.publisher.base32)
        object["network"] = .string(list.network.hexadecimal)
        object["sequence"] = .integer(Int64(clamping: list.sequence))
        object["issued"] = .integer(list.issued)
        object["expires"] = .integer(list.expires)
        object["groups"] = .integer(Int64(groups.count))
        object["entries"] = .array(
            list.entries.map { entry in
                [
                    "key": .string(entry.key.base32),
                    "addresses": .array(
                        entry.endpoints.compactMap { Address($0)?.description }.map { .string($0) }
                    ),
                ]
            })
        return object
    }
}
