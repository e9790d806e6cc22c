import Genome
import Host
import Store
import Swarm
import Wire

/// What an owner's grants say of mirrors that keep her layers sealed: each is said anew when a
/// mirror has all of a layer, keeps it no longer, or the sealing key of a grantee becomes known.
struct SealedGrants {
    let library: Library
    let catalogue: Catalogue
    let keys: Keys

    private var rights: LayerRights {
        LayerRights(library: library, catalogue: catalogue, keys: keys)
    }

    /// Sealed form of an own layer with the mirrors that have all of it, as they can be asked now:
    /// of one mirror the contract that lasts longest. Nil where none has.
    func copies(
        of layer: Digest
    ) throws(StoreError) -> (sealed: SealedCopy, copies: [SealedPlace.Copy])? {
        guard let sealed = try SealedCopy.read(layer, library.layout) else { return nil }
        let now = Int64(Clock.wallMilliseconds() / 1_000)
        let ending = Set(try library.endingHolds())
        var longest: [NodeKey: HoldRequest] = [:]
        for entry in try library.holds(of: sealed, by: keys.node.publicKey) {
            let request = entry.request
            guard entry.isComplete, now < request.until, !ending.contains(request.contract),
                request.until > longest[request.mirror]?.until ?? 0
            else { continue }
            longest[request.mirror] = request
        }
        guard !longest.isEmpty else { return nil }
        let copies = longest.values.sorted { $0.mirror < $1.mirror }.map {
            SealedPlace.Copy(mirror: $0.mirror, contract: $0.contract)
        }
        return (sealed, Array(copies.prefix(StatementSchema.copiesMax)))
    }

    /// Public key of 32 bytes that something for a grantee is sealed for: an organisation's newest
    /// epoch, or what the node said in its record; nil while that is not known.
    func recipient(of grantee: NodeKey) throws(StoreError) -> [UInt8]? {
        let shelf = OrganizationShelf(library: library, keys: keys)
        if let epoch = try shelf.epochs(of: grantee).last { return epoch.recipient }
        let place = SlotKey(publisher: grantee, type: .node, slot: .only)
        guard case .node(let content) = try catalogue.record(at: place)?.content,
            let sealing = content.sealing, Clock.wallMilliseconds() < sealing.notAfter
        else { return nil }
        return sealing.key.bytes
    }

    /// Puts into the body of a grant where the layer lies sealed now, or takes it out.
    func complete(
        _ body: inout JSONObject, of layer: Digest, for grantee: NodeKey
    ) throws(StoreError) {
        let standing = SealedPlace(body)
        body["header"] = nil
        body["sealed"] = nil
        guard let (sealed, copies) = try copies(of: layer) else { return }
        // A header stays as it is: wrapped anew it would differ each time.
        let header: AgeHeader
        if let standing, standing.index == sealed.index {
            header = standing.header
        } else {
            guard let recipient = try recipient(of: grantee),
                let wrapped = AgeHeader(wrapping: sealed.key, for: recipient)
            else { return }
            header = wrapped
        }
        SealedPlace(index: sealed.index, copies: copies, header: header).write(to: &body)
    }

    /// Says the grants of an own layer anew where they tell something else of its mirrors than
    /// what is so; whether any did.
    func refresh(_ manifest: Manifest) throws(StoreError) -> Bool {
        let policy = try rights.policy(of: manifest)
        let own = keys.node.publicKey
        let now = Int64(Clock.wallMilliseconds() / 1_000)
        var bodies: [(body: JSONObject, standing: Statement?)] = []
        for (statement, _) in rights.statements(about: manifest.layer)
        where statement.kind == .grant && statement.publisher == own {
            guard let grant = Grant(statement), grant.isInForce(at: now) else { continue }
            bodies.append((statement.body, statement))
        }
        if policy.visibility == .organization, let organization = policy.organization,
            !bodies.contains(where: { $0.body["grantee"]?.string == organization.base32 })
        {
            var body = JSONObject()
            body["grantee"] = .string(organization.base32)
            body["commands"] = ["read"]
            bodies.append((body, nil))
        }
        var isChanged = false
        for (body, standing) in bodies {
            guard let grantee = body["grantee"]?.string.flatMap({ NodeKey(base32: $0) }) else {
                continue
            }
            var next = body
            try complete(&next, of: manifest.layer, for: grantee)
            // An organisation needs no grant but for what it tells of mirrors.
            guard next != body, standing != nil || next["sealed"] != nil else { continue }
            try say(next, after: standing, of: manifest)
            isChanged = true
        }
        return isChanged
    }

    private func say(
        _ body: JSONObject, after standing: Statement?, of manifest: Manifest
    ) throws(StoreError) {
        let place = StatementPlace(
            layer: manifest.layer, kind: .grant, publisher: keys.node.publicKey,
            subject: StatementKind.grant.subject(of: body))
        let newest = try library.index.sequence(at: place) ?? 0
        let statement: Statement
        do throws(GenomeError) {
            statement = try Statement.make(
                kind: .grant, layer: manifest.layer, publisher: keys.node.publicKey,
                sequence: newest + 1, issued: Int64(Clock.wallMilliseconds() / 1_000),
                expires: standing?.expires, body: body)
        } catch {
            throw .refused("a grant cannot be said anew: \(error)")
        }
        _ = try library.add(statement: statement.signed(by: keys.node))
    }

    /// Own layers that have a sealed form.
    func sealedLayers() throws(StoreError) -> [Manifest] {
        var result: [Manifest] = []
        for entry in try library.index.layers() where entry.origin == .own {
            guard try SealedCopy.read(entry.id, library.layout) != nil,
                let manifest = try library.manifest(of: entry.id),
                manifest.publisher == keys.node.publicKey
            else { continue }
            result.append(manifest)
        }
        return result
    }
}
