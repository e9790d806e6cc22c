import Genome
import Host
import Store
import Swarm
import Wire

/// Searching the catalogue for peers, on its lane.
extension StorePort {
    func search(_ session: SessionNumber, _ search: SearchNumber, _ query: LayerQuery) {
        catalogueLane.submit { [self] in
            let found = try? catalogue.publicAnswer(to: query)
            post(
                .recordsSearched(
                    session, search: search,
                    found.map {
                        FoundRecords(reached: $0.reached, records: $0.records.map(\.bytes))
                    }))
        }
    }
}
