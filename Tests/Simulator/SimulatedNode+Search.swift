import Genome
import Swarm
import Wire

/// Searching, for itself and for others.
extension SimulatedNode {
    func performSearch(_ effect: Effect, in world: World) {
        switch effect {
        case .searchRecords(let session, let search, let query):
            let found = catalogue.values.filter { record in
                guard record.domain == .everyone, let layer = DescribedLayer(record),
                    !hides.contains(layer.content.layer)
                else { return false }
                return query.matches(layer)
            }
            let first = found.sorted { $0.order > $1.order }.prefix(50).map(\.bytes)
            world.answer(
                index,
                .recordsSearched(
                    session, search: search, FoundRecords(reached: 0, records: Array(first))))
        case .searched(let number, let result): keep(result, of: number)
        default: break
        }
    }
}
