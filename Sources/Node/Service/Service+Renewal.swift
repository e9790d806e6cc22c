import Genome
import Host
import Store
import Swarm
import Wire

/// Memberships that this node renews by itself while they still count.
extension Service {
    /// The owner's setting for an organisation that this node renews alone: one for each, so that
    /// two commands at once do not meet.
    private static let renewalPolicy = "org-renewal:"

    /// The organisations whose memberships this node renews by itself.
    func renewedAlone() throws(Failure) -> Set<NodeKey> {
        let names = try inStore { () throws(StoreError) in
            try library.index.policies(named: Self.renewalPolicy)
        }
        return Set(names.compactMap { NodeKey(base32: $0) })
    }

    /// Lets this node renew an organisation's memberships by itself, or stops it.
    func renewsAlone(_ known: KnownOrganization, _ isOn: Bool) throws(Failure) -> JSONObject {
        let mayAlone = try inStore { () throws(StoreError) in
            try shelf.isIssuer(of: known.organization)
        }
        guard mayAlone || !isOn else {
            throw Failure(
                .refused, "this node cannot renew members of \(known.organization.root.name) alone",
                why: "the organisation's root asks for more issuers than have keys in this home",
                remedy: "renew together: plasmid org renew \(known.organization.root.name) "
                    + "--out FILE, then plasmid org sign FILE")
        }
        try inStore { () throws(StoreError) in
            try library.setPolicy(Self.renewalPolicy + known.id.base32, isOn ? "1" : "")
        }
        if isOn { _ = renewDue() }
        tellOrganizations()
        return try described(try organization(named: known.id.base32))
    }

    /// Renews what half of its life is over of: memberships that keys of this home issued, that
    /// count still and that nobody took back, and the revocation list they rest on. One that ran
    /// out stays out until somebody renews it by hand. Whether anything was renewed.
    func renewDue(at time: Int64? = nil) -> Bool {
        let now = time ?? seconds
        var isChanged = false
        for id in (try? renewedAlone()) ?? [] {
            guard let known = (try? shelf.known(id)) ?? nil,
                (try? shelf.isIssuer(of: known.organization)) == true
            else { continue }
            if renewList(known, at: now) { isChanged = true }
            if renewMembers(known, at: now) { isChanged = true }
        }
        return isChanged
    }

    private func isDue(issued: Int64, expires: Int64, at now: Int64) -> Bool {
        now - issued >= (expires - issued) / 2 && now < expires
    }

    private func renewList(_ known: KnownOrganization, at now: Int64) -> Bool {
        // Lists that issuers made at once become one again.
        let lists = known.organization.lists
        guard
            lists.count > 1
                || lists.contains(where: { isDue(issued: $0.issued, expires: $0.expires, at: now) })
        else { return false }
        return (try? revocations(known, at: now)) != nil
    }

    private func renewMembers(_ known: KnownOrganization, at now: Int64) -> Bool {
        guard let issuers = try? shelf.issuers(of: known.organization),
            let memberships = try? library.memberships(of: known.id)
        else { return false }
        var isChanged = false
        for (membership, bytes) in memberships {
            guard isDue(issued: membership.issued, expires: membership.expires, at: now),
                known.organization.fault(of: membership, at: now) == nil,
                let envelope = try? Envelope.decode(
                    bytes, payloadMax: OrganizationSchema.bytesMax),
                envelope.signers(among: issuers).count == envelope.entries.count
            else { continue }
            if (try? admitAgain(known, membership.member, at: now)) != nil { isChanged = true }
        }
        return isChanged
    }
}
