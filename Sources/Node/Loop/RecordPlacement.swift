import Host
import Store
import Swarm
import Wire

/// Decides which records, whose signatures are good, take their places in the catalogue.
struct RecordPlacement {
    let catalogue: Catalogue
    /// Keys that the owner knows.
    var known: Set<NodeKey> = []
    /// Milliseconds since 1970. The catalogue keeps a delegation a little beyond its end, for
    /// clocks that differ; it covers nothing any more by then.
    var now = Clock.wallMilliseconds()

    /// Puts records in their places, delegations before what they cover; what became of each.
    func place(_ records: [Record]) throws(StoreError) -> [StoreOutcome] {
        let quota = RecordQuota(known: known)
        let revoked = try catalogue.revoked(among: Set(records.map(\.publisher)))
        var outcomes = [StoreOutcome](repeating: .superseded, count: records.count)
        var accepted: [(index: Int, record: Record)] = []
        // Delegations that come in one batch with what they cover are kept first.
        let delegations = records.filter { $0.slotKey.type == .delegation }
        var keptBefore: [Digest: StoreOutcome] = [:]
        for record in delegations {
            guard try refusal(record, revoked) == nil else { continue }
            let placed = try catalogue.place([record], within: quota)
            if let placed = placed.first, placed.isKept {
                keptBefore[record.id] = placed == .twin ? .equivocation : .fresh
            }
        }
        for (index, record) in records.enumerated() {
            if let outcome = keptBefore[record.id] {
                outcomes[index] = outcome
            } else if let reason = try refusal(record, revoked) {
                outcomes[index] = .refused(reason)
            } else {
                accepted.append((index, record))
            }
        }
        let placed: [Catalogue.Placement]
        do throws(StoreError) {
            placed = try catalogue.place(accepted.map(\.record), within: quota)
        } catch {
            // What was kept before stays so: it must not be told to come again.
            let problem = StoreProblem(error)
            for (index, _) in accepted { outcomes[index] = .failed(problem) }
            return outcomes
        }
        for ((index, record), placement) in zip(accepted, placed) {
            if case .refused(let reason) = placement { outcomes[index] = .refused(reason) }
            // One that is here already may have been kept when there was no room for the rest.
            if record.type == .keyRevocation, outcomes[index] == .superseded {
                _ = try catalogue.removeAll(of: record.publisher)
            }
            guard placement.isKept else { continue }
            outcomes[index] = placement == .twin ? .equivocation : .fresh
        }
        return outcomes
    }

    /// Why a record may not take its place although its signature is good.
    private func refusal(
        _ record: Record, _ revoked: Set<NodeKey>
    ) throws(StoreError) -> String? {
        if record.type != .keyRevocation, revoked.contains(record.publisher) {
            return "its publisher's key is revoked"
        }
        guard let signer = record.signer else { return nil }
        let place = SlotKey(
            publisher: record.publisher, type: .delegation, slot: Slot(prefixOf: signer.digest))
        guard let standing = try catalogue.record(at: place), now < standing.expires,
            case .delegation(let delegation) = standing.content, delegation.key == signer,
            delegation.rights.contains(.publish),
            record.slotKey.type == .layer
        else { return "no delegation covers its signer" }
        return nil
    }
}
