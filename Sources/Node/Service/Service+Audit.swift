import Genome
import Host
import Store
import Swarm
import Wire

/// What this node did and decided, and whether its logs say the truth about it.
extension Service {
    /// Most entries that one answer lists.
    private static let rowsMax: Int64 = 10_000

    /// Does what `action` says: `log` (the journal), `access` (who was allowed or refused what),
    /// `why` (one decision, asked again), `receipts` (of
    /// storage challenges), `verify`, `proof` (of one entry), `export`.
    func audit(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let wanted = request.arguments["last"]?.integer ?? 20
        let count = Int(min(Self.rowsMax, max(1, wanted)))
        switch request.text("action") {
        case "access": return try decisions(count, request.text("layer"))
        case "why": return try why(request.arguments["number"]?.integer ?? 0)
        case "verify": return try verifyLogs()
        case "receipts": return try receipts(count)
        case "proof": return try proof(request)
        case "export":
            // The command reads the entries itself: a node never writes where it is told to.
            var object = JSONObject()
            object["home"] = .string(library.layout.home)
            object["note"] = .string(
                try inStore { () throws(StoreError) in try library.journal.newestNote() })
            return object
        default: return try events(count)
        }
    }

    private func events(_ count: Int) throws(Failure) -> JSONObject {
        let head = library.journal.head
        let from = head.count > UInt64(count) ? head.count - UInt64(count) : 0
        let events = try inStore { () throws(StoreError) in
            try library.journal.replay(after: from)
        }
        var object = JSONObject()
        object["entries"] = .array(
            events.map { event in
                let limits = JSONLimits(bytes: 65_535, depth: 8, values: 10_000)
                let json = try? JSONParser.parse(event.bytes, limits: limits)
                return json ?? .null
            })
        object["count"] = .integer(Int64(clamping: head.count))
        object["root"] = .string(Base64.encode(head.root.bytes))
        return object
    }

    /// The proof that an entry, or the newest one about a layer, is in the journal.
    private func proof(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let wanted = request.arguments["number"]?.integer.map { UInt64(clamping: $0) }
        let layer = try request.text("layer").map { word throws(Failure) in
            try LayerResolver(service: self).resolve(word)
        }
        var object = JSONObject()
        try inStore { () throws(StoreError) in
            let journal = library.journal
            var found: LogProof?
            if let layer, wanted == nil { found = try journal.proof(ofLayer: layer) }
            let proof = if let found { found } else { try journal.proof(of: wanted ?? 0) }
            object["number"] = .integer(Int64(clamping: proof.index + 1))
            object["proof"] = .string(proof.text)
        }
        return object
    }

    // MARK: Access decisions

    private func decisions(_ count: Int, _ layer: String?) throws(Failure) -> JSONObject {
        let wanted = try layer.map { word throws(Failure) in
            try LayerResolver(service: self).resolve(word)
        }
        var kept: [(AccessEntry, UInt64)] = []
        try inStore { () throws(StoreError) in
            try library.access.read { entry, segment throws(StoreError) in
                guard wanted == nil || entry.layer == wanted else { return true }
                kept.append((entry, segment))
                if kept.count > 2 * count { kept.removeFirst(count) }
                return true
            }
        }
        let names = try knownKeys()
        var rows: [JSONValue] = []
        for (entry, segment) in kept.suffix(count) {
            rows.append(try row(entry, segment, names))
        }
        var object = JSONObject()
        object["decisions"] = .array(rows)
        return object
    }

    /// Keys that a name in the log may stand for: this node's, and those of nodes that were met.
    private func knownKeys() throws(Failure) -> [NodeKey] {
        let contacts = try inStore { () throws(StoreError) in try library.index.contacts() }
        return [keys.node.publicKey] + contacts.map(\.key)
    }

    private func row(
        _ entry: AccessEntry, _ segment: UInt64, _ names: [NodeKey]
    ) throws(Failure) -> JSONValue {
        let name = entry.question["caller"]?["key"]?.string.flatMap { NodeKey(base32: $0) }
        let who = try inStore { () throws(StoreError) in
            try name.flatMap { name throws(StoreError) in
                try library.access.who(name, segment: segment, among: names)
            }
        }
        return [
            "number": .integer(Int64(clamping: entry.sequence)),
            "time": .integer(Int64(clamping: entry.time)),
            "action": entry.question["action"] ?? .null,
            "layer": .string(entry.layer.hexadecimal),
            "caller": who.map { .string($0.base32) } ?? .null,
            "callerName": name.map { .string($0.base32) } ?? .null,
            "allowed": .bool(entry.rule == nil), "rule": entry.rule.map { .string($0) } ?? .null,
        ]
    }

    /// One decision with all that it rested on, decided once more by this program.
    private func why(_ number: Int64) throws(Failure) -> JSONObject {
        var found: (AccessEntry, UInt64)?
        try inStore { () throws(StoreError) in
            try library.access.read { entry, segment throws(StoreError) in
                if Int64(clamping: entry.sequence) == number { found = (entry, segment) }
                return found == nil
            }
        }
        guard let (entry, segment) = found else {
            throw Failure(
                .notFound, "there is no decision \(number)",
                why: "decisions are kept for a while only",
                remedy: "see those that are with: plasmid audit access")
        }
        var object =
            try row(entry, segment, try knownKeys()).object ?? JSONObject()
        object["question"] = entry.question
        guard let request = PermissionReader.request(entry.question) else {
            throw Failure(
                .corrupt, "decision \(number) cannot be asked again",
                why: "what it rested on is damaged or was written by a newer version")
        }
        let decision = request.decide()
        object["decision"] = [
            "allowed": .bool(decision == .allow),
            "rule": decision.refusal.map { .string($0.rule.rawValue) } ?? .null,
            "reason": .string(decision.refusal?.reason ?? ""),
            "do": .string(decision.refusal?.remedy ?? ""),
        ]
        object["reproduced"] = .bool(decision.refusal?.rule.rawValue == entry.rule)
        return object
    }

    // MARK: Whether the logs hold

    /// Who saw this journal, whose journals were seen here, and who showed two histories.
    private func noteWitnesses(
        _ note: (_ name: String, _ ok: Bool, _ detail: String) -> Void
    ) throws(Failure) {
        try inStore { () throws(StoreError) in
            let seen = try library.journal.witnessedNote()
            let words = seen.map { Cosignature.all(in: $0) } ?? []
            let count = seen.flatMap { SignedCheckpoint.signed($0)?.checkpoint.count } ?? 0
            let others = words.filter { $0.witness != keys.node.publicKey }.count
            note(
                "witnesses", true,
                others == 0
                    ? "no other node has seen this journal; trusted peers are asked"
                    : "\(others) saw it with \(count) entries")
            let logs = try library.witness.logs().count
            note("other journals", true, "\(logs) seen, each one history as far as it was shown")
            for fork in try library.witness.forks() {
                note(
                    "journal of \(fork.node.fingerprint)", false,
                    "it signed two histories; both are in \(fork.path)")
            }
        }
    }

    private func verifyLogs() throws(Failure) -> JSONObject {
        var checks: [JSONValue] = []
        var isSound = true
        func note(_ name: String, _ ok: Bool, _ detail: String) {
            checks.append(["name": .string(name), "ok": .bool(ok), "detail": .string(detail)])
            isSound = isSound && ok
        }
        let fault = try inStore { () throws(StoreError) in try library.journal.fault() }
        let head = library.journal.head
        note(
            "journal", fault == nil,
            fault ?? "\(head.count) entries, root \(Base64.encode(head.root.bytes))")
        try noteWitnesses(note)
        let coverage = try inStore { () throws(StoreError) in
            try library.access.coverage(of: try library.journal.replay(after: 0))
        }
        for segment in coverage.changed {
            note("access segment \(segment)", false, "other entries than the journal names")
        }
        for segment in coverage.missing {
            note("access segment \(segment)", false, "missing, though older ones are here")
        }
        for name in coverage.unlisted {
            note("access segment \(name)", false, "closed, and no entry of the journal names it")
        }
        note(
            "access log", true,
            "\(coverage.found.count) closed segments hold, "
                + "\(coverage.expired.count) are past their time")
        var again = 0
        var other: [UInt64] = []
        try inStore { () throws(StoreError) in
            try library.access.read { entry, _ throws(StoreError) in
                let decision = PermissionReader.request(entry.question)?.decide()
                again += 1
                if decision == nil || decision?.refusal?.rule.rawValue != entry.rule {
                    other.append(entry.sequence)
                }
                return true
            }
        }
        note(
            "decisions", other.isEmpty,
            other.isEmpty
                ? "\(again) decided once more, all the same"
                : "\(other.count) of \(again) would be others now, the first is \(other[0])")
        var object = JSONObject()
        object["ok"] = .bool(isSound)
        object["checks"] = .array(checks)
        return object
    }
}
