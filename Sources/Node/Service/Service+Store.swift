import Genome
import Host
import Store
import Swarm
import Wire

/// What the owner decides about her disk: what stays, what goes, how much it may be.
extension Service {
    /// Keeps a layer whatever happens, or no longer.
    func pin(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        let isPinned = request.arguments["pinned"]?.bool ?? true
        let manifest = try heldManifest(layer)
        try inStore { () throws(StoreError) in
            guard try library.index.pins().contains(layer) != isPinned else { return }
            try library.setPin(layer, isPinned: isPinned)
        }
        var object = try described(manifest)
        object["pinned"] = .bool(isPinned)
        return object
    }

    /// Removes a layer here. A pinned one, one that others here need and the only copy that is
    /// known of are removed only where that was said.
    func remove(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        let layer = try LayerResolver(service: self).resolve(try request.required("layer"))
        let manifest = try heldManifest(layer)
        try requireRemovable(manifest, lastCopy: request.arguments["lastCopy"]?.bool ?? false)
        var object = try described(manifest)
        let freed = try inStore { () throws(StoreError) in try library.remove(layer) }
        if let daemon {
            daemon.port.forgetReaders()
            daemon.loop.post(.input(.layerRemoved(layer)))
        }
        object["removed"] = true
        object["freed"] = .integer(Int64(clamping: freed))
        return object
    }

    private func requireRemovable(_ manifest: Manifest, lastCopy: Bool) throws(Failure) {
        let layer = manifest.layer
        let (pins, needing, holders) = try inStore { () throws(StoreError) in
            (
                try library.index.pins(), try library.index.dependents(on: layer),
                try catalogue.holders(of: layer)
            )
        }
        guard !pins.contains(layer) else {
            throw Failure(
                .refused, "\(manifest.reference) is pinned",
                remedy: "plasmid unpin \(layer.hexadecimal.prefix(16)), then again")
        }
        let isMirrored = try inStore { () throws(StoreError) in
            try library.index.isMirrored(layer)
        }
        guard !isMirrored else {
            throw Failure(
                .refused, "\(manifest.reference) is mirrored",
                why: "what this node follows covers it, so it would come back",
                remedy: "see what is followed with plasmid mirror; end that with: plasmid mirror "
                    + "--unfollow WHAT")
        }
        if let first = needing.first, !lastCopy {
            throw Failure(
                .refused, "\(manifest.reference) is needed here",
                why: "\(first.name)@\(first.version)"
                    + (needing.count > 1 ? " and \(needing.count - 1) more" : "")
                    + " cannot run without it",
                remedy: "remove that first, or say --last-copy")
        }
        let others = holders.filter { $0 != keys.node.publicKey }
        guard others.isEmpty, !lastCopy else { return }
        throw Failure(
            .refused, "no other copy of \(manifest.reference) is known",
            why: "nobody else announces it, and what is removed here cannot be brought back",
            remedy: "export it first (plasmid export), or say --last-copy")
    }

    // MARK: Quotas

    /// Shows what the classes of blobs take and may take; with `limits` sets how much that is.
    func quota(_ request: ServiceRequest) throws(Failure) -> JSONObject {
        for member in request.arguments["limits"]?.object?.members ?? [] {
            let (name, value) = (member.name, member.value)
            let blobClass = BlobClass.allCases.first { $0.name == name }
            guard blobClass != nil || name == Self.allClasses else {
                throw Failure(
                    .usage, "\(PlainText.shown(name)) is no class of layers",
                    why: "there are own, mirrored, cache and all")
            }
            let bytes = value.integer.map { UInt64(clamping: $0) }
            try inStore { () throws(StoreError) in try library.setQuota(blobClass, bytes) }
            try daemon?.mirrors.start()
        }
        return try accounts()
    }

    private static let allClasses = "all"

    /// The account of every byte that blobs take.
    func accounts() throws(Failure) -> JSONObject {
        try inStore { () throws(StoreError) in
            let accounts = try library.index.accounts()
            var object = Self.json(accounts.sum())
            object["quota"] =
                try library.index.quota().map { .integer(Int64(clamping: $0)) }
                ?? .null
            var classes = JSONObject()
            for blobClass in BlobClass.allCases {
                var row = Self.json(accounts.sum { $0.blobClass == blobClass })
                row["promised"] = .integer(Int64(clamping: accounts.promised[blobClass] ?? 0))
                row["quota"] =
                    try library.index.quota(blobClass).map { .integer(Int64(clamping: $0)) }
                    ?? .null
                classes[blobClass.name] = .object(row)
            }
            object["classes"] = .object(classes)
            var forms = JSONObject()
            for form in [BlobForm.raw, .coded, .inPlace] {
                forms["\(form)"] = .object(Self.json(accounts.sum { $0.form == form }))
            }
            forms["partial"] = .object(Self.json(accounts.sum { $0.form == nil }))
            object["forms"] = .object(forms)
            let space = try library.space()
            object["free"] = .integer(Int64(clamping: space.free))
            object["floor"] = .integer(Int64(clamping: space.floor))
            object["databases"] = .integer(Int64(clamping: space.databases))
            return object
        }
    }

    private static func json(_ account: BlobAccount) -> JSONObject {
        var object = JSONObject()
        object["blobs"] = .integer(Int64(clamping: account.blobs))
        object["plain"] = .integer(Int64(clamping: account.plain))
        object["stored"] = .integer(Int64(clamping: account.stored))
        return object
    }

    /// When everything was last read, and what is not whole.
    func scrubbed() throws(Failure) -> JSONObject {
        try inStore { () throws(StoreError) in
            let state = try library.scrubState(now: Clock.wallMilliseconds())
            var object = JSONObject()
            object["rate"] = .integer(Int64(clamping: try library.scrubRate()))
            object["days"] = .integer(Int64(Library.scrubDays))
            object["blobs"] = .integer(Int64(clamping: state.blobs))
            object["fresh"] = .integer(Int64(clamping: state.fresh))
            object["oldest"] = state.oldest.map { .integer(Int64(clamping: $0)) } ?? .null
            object["damaged"] = .array(state.damagedLayers.map { .string($0.hexadecimal) })
            let totals = library.scrubTotals
            object["read"] = [
                "blobs": .integer(Int64(clamping: totals.blobs)),
                "bytes": .integer(Int64(clamping: totals.bytes)),
                "damagedGroups": .integer(Int64(clamping: totals.damagedGroups)),
                "healedLayers": .integer(Int64(clamping: totals.healedLayers)),
            ]
            return object
        }
    }

    /// Looks over the whole store; with `repair` puts right what can be, with `scrub` reads every
    /// byte, with `rate` sets what scrubbing in the background may read a second.
    func doctor(
        _ request: ServiceRequest, _ progress: (JSONObject) -> Void
    ) throws(Failure) -> JSONObject {
        if let rate = request.arguments["rate"] {
            let bytes = rate.integer.map { UInt64(clamping: $0) }
            try inStore { () throws(StoreError) in try library.setScrubRate(bytes) }
        }
        var checks = try inStore { () throws(StoreError) in
            try library.examine(repairs: request.arguments["repair"]?.bool ?? false)
        }
        if request.arguments["scrub"]?.bool == true { checks.append(try scrubAll(progress)) }
        checks.append(try keyCheck())
        if let daemon {
            let look = daemon.look()
            checks += Self.networkChecks(look)
            if let check = Self.reachabilityCheck(look) { checks.append(check) }
            if let check = Self.lanCheck(daemon.lan, look.beacons) { checks.append(check) }
            if let check = Self.datagramCheck(daemon.datagrams, look.datagramFigures) {
                checks.append(check)
            }
        }
        daemon?.port.forgetReaders()
        var object = JSONObject()
        object["ok"] = .bool(checks.allSatisfy(\.isSound))
        object["checks"] = Self.json(checks)
        object["scrub"] = .object(try scrubbed())
        return object
    }

    private func scrubAll(_ progress: (JSONObject) -> Void) throws(Failure) -> LayerCheck {
        try inStore { () throws(StoreError) in
            try library.scrubAll { done, total in
                var step = JSONObject()
                step["done"] = .integer(Int64(clamping: done))
                step["total"] = .integer(Int64(clamping: total))
                progress(step)
            }
        }
    }

    /// Checks as the faces show them.
    static func json(_ checks: [LayerCheck]) -> JSONValue {
        .array(
            checks.map { check in
                [
                    "name": .string(check.name), "ok": .bool(check.isSound),
                    "detail": .string(check.detail),
                ]
            })
    }
}
