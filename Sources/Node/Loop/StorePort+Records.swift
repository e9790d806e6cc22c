import Host
import Store
import Swarm
import Wire

/// Records on their way into the catalogue.
extension StorePort {
    func store(batch: UInt64, _ records: [Record]) {
        arrived.withLock { $0.add(.init(number: batch, records: records)) }
        catalogueLane.submit { [self] in placeArrived() }
    }

    /// Places what has waited long enough for more; called every half second.
    func placeDue() {
        guard arrived.withLock({ !$0.isEmpty }) else { return }
        catalogueLane.submit { [self] in placeArrived() }
    }

    /// Places all that waits, however little: the node stops.
    func placeRest() {
        catalogueLane.submit { [self] in
            while arrived.withLock({ !$0.isEmpty }) { placeArrived(now: .max) }
        }
    }

    private func placeArrived(now: UInt64 = Clock.monotonic()) {
        // An earlier turn may have taken this one's batch along.
        let batches = arrived.withLock { $0.takeNext(now: now) }
        if !batches.isEmpty { place(batches) }
    }

    private func place(_ batches: [ArrivedRecords.Batch]) {
        let records = batches.flatMap(\.records)
        let outcomes: [StoreOutcome]
        do throws(StoreError) {
            let placement = RecordPlacement(catalogue: catalogue, known: knownKeys.keys)
            outcomes = try placement.place(records)
        } catch {
            let problem = StoreProblem(error)
            outcomes = records.map { _ in .failed(problem) }
        }
        var start = 0
        for batch in batches {
            let end = start + batch.records.count
            post(.recordsStored(batch: batch.number, outcomes: Array(outcomes[start..<end])))
            start = end
        }
        let ownPlace = Slot(prefixOf: node.digest)
        // Anyone may delegate to this node, and any key may end: it acts for nobody whom its owner
        // does not know.
        let isAboutOwn = zip(records, outcomes).contains { record, outcome in
            outcome == .fresh
                && (record.slotKey.type == .delegation && record.slot == ownPlace
                    || record.type == .keyRevocation)
                && rights.knows(record.publisher)
        }
        if isAboutOwn { rejudgeDelegations(ifChanged: true) }
    }
}
