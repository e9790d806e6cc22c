import Genome
import Host
import Store
import Swarm
import Wire

/// Storage challenges for people: who shows what it says it holds, and what came of it so far.
extension Service {
    /// Has all holders of a layer show it now: `layer`, and `level` (`basic` or else).
    func challengeHolders(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let daemon = try runningNode("verify --holders")
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        let manifest = try heldManifest(layer)
        let policy = try inStore { () throws(StoreError) in try rights.policy(of: manifest) }
        let contracts = policy.visibility == .public ? [] : try self.contracts(over: manifest)
        guard policy.visibility == .public || !contracts.isEmpty else {
            throw Failure(
                .refused, "\(manifest.reference) is kept by no other node",
                why: "it is not public, and no mirror has all of its sealed form",
                remedy:
                    "ask one for a copy: plasmid mirror \(layer.hexadecimal.prefix(16)) --on KEY")
        }
        let steps =
            request.text("level") == "basic"
            ? ChallengeLimits.dailySteps : ChallengeLimits.weeklySteps
        let wish = ChallengeWish(layer: layer, contracts: contracts, steps: steps)
        guard let report = daemon.challenge(wish), let blob = report.blob else {
            throw Failure(
                .refused, "the holders of \(manifest.reference) cannot be asked now",
                why: "other demands are under way, or the layer is not announced here",
                remedy: "try again in a minute")
        }
        var object = JSONObject()
        object["layer"] = .string(layer.hexadecimal)
        object["blob"] = .string(blob.blob.hexadecimal)
        object["size"] = .integer(Int64(clamping: blob.size))
        object["epoch"] = .integer(Int64(clamping: report.epoch))
        let look = daemon.look()
        object["holders"] = .array(report.rows.map { Self.row($0, look) })
        let failed = report.rows.contains { $0.isFailed }
        let passed = report.rows.contains { $0.end == .verdict(.passed) }
        object["ok"] = .bool(passed && !failed)
        return object
    }

    /// Contracts by which other nodes keep all of an own layer's sealed form.
    private func contracts(over manifest: Manifest) throws(Failure) -> [Digest] {
        try inStore { () throws(StoreError) -> [Digest] in
            guard let copy = try SealedCopy.read(manifest.layer, library.layout) else { return [] }
            let ending = Set(try library.endingHolds())
            return try library.holds(of: copy, by: keys.node.publicKey)
                .filter { $0.isComplete && !ending.contains($0.request.contract) }
                .map(\.request.contract)
        }
    }

    private static func row(_ row: ChallengeReport.Row, _ look: Swarm) -> JSONValue {
        let isTimed = row.elapsed > 0
        return [
            "node": .string(row.mirror.base32), "mode": .string(word(row.mode)),
            "steps": .integer(Int64(row.steps)), "verdict": .string(row.word),
            "after": row.pause.map { .integer(Int64(clamping: $0)) } ?? .null,
            "microseconds": isTimed ? .integer(Int64(row.elapsed)) : .null,
            "allowed": row.allowed > 0 ? .integer(Int64(row.allowed)) : .null,
            "standing": standing(look, row.mirror),
        ]
    }

    private static func word(_ mode: ChallengeTerms.Mode) -> String {
        mode == .holder ? "holder" : "root-only"
    }

    // MARK: Standing

    /// What this node's own challenges say of a node; nothing where it never asked.
    static func standing(_ look: Swarm, _ node: NodeKey) -> JSONValue {
        let known = look.mirrorAccounts.first { $0.mirror == node }?.account
        return known.map { .object(words($0)) } ?? .null
    }

    /// All that it challenged.
    static func mirrors(_ look: Swarm) -> JSONValue {
        .array(
            look.mirrorAccounts.map { mirror, account in
                var object = words(account)
                object["node"] = .string(mirror.base32)
                return .object(object)
            })
    }

    private static func words(_ account: MirrorAccount) -> JSONObject {
        let standing = account.standing
        var object = JSONObject()
        object["challenged"] = .integer(Int64(clamping: standing.challenged))
        object["passed"] = .integer(Int64(clamping: standing.passed))
        object["failed"] = .integer(Int64(clamping: standing.failed))
        object["failedInARow"] = .integer(Int64(standing.failedInARow))
        object["score"] = .double(standing.score)
        object["holder"] = .bool(standing.isTrusted)
        object["last"] = account.last.map { .string("\($0)") } ?? .null
        object["time"] = .integer(Int64(clamping: account.lastSent))
        return object
    }

    // MARK: Receipts

    /// The newest receipts, whole, and what Endorsements say of each mirror.
    func receipts(_ count: Int) throws(Failure) -> JSONObject {
        let (entries, own) = try inStore { () throws(StoreError) in
            (
                try library.index.receipts(limit: count),
                ChallengeMemory(try library.index.receipts(verifier: keys.node.publicKey))
            )
        }
        var object = JSONObject()
        object["receipts"] = .array(entries.map(row))
        object["mirrors"] = .array(
            own.accounts.sorted { $0.key < $1.key }.map { mirror, account in
                [
                    "node": .string(mirror.base32),
                    "challenged": .integer(Int64(clamping: account.told.challenged)),
                    "passed": .integer(Int64(clamping: account.told.passed)),
                    "failed": .integer(Int64(clamping: account.told.failed)),
                    "signedByBoth": .integer(Int64(clamping: account.receipts.count)),
                    "root": .string(account.receipts.root.hexadecimal),
                ]
            })
        return object
    }

    private func row(_ entry: ReceiptEntry) -> JSONValue {
        let receipt = entry.receipt
        let draft = receipt.draft
        return [
            "time": .integer(Int64(clamping: draft.sent)),
            "verifier": .string(receipt.terms.verifier.base32),
            "mirror": .string(receipt.terms.mirror.base32),
            "blob": .string(receipt.terms.blob.hexadecimal),
            "size": .integer(Int64(clamping: receipt.terms.size)),
            "epoch": .integer(Int64(clamping: receipt.terms.epoch)),
            "steps": .integer(Int64(receipt.terms.steps)),
            "mode": .string(Self.word(receipt.terms.mode)),
            "verdict": .string("\(receipt.verdict)"),
            "microseconds": draft.answer == nil ? .null : .integer(Int64(draft.elapsed)),
            "allowed": .integer(Int64(draft.allowed)), "public": .bool(entry.isPublic),
            "receipt": .string(Base64.encode(receipt.bytes)),
        ]
    }
}

extension ChallengeReport.Row {
    /// How it ended, in a word.
    var word: String {
        switch end {
        case .verdict(let verdict): "\(verdict)"
        case .later: "later"
        case .notAsked: "not asked"
        case .unreachable: "unreachable"
        case .unsupported: "unsupported"
        }
    }

    /// Seconds after which it may be asked again.
    var pause: UInt64? {
        if case .later(let seconds) = end { seconds } else { nil }
    }

    /// Whether it counts against the holder.
    var isFailed: Bool {
        if case .verdict(let verdict) = end { verdict != .passed } else { false }
    }
}
