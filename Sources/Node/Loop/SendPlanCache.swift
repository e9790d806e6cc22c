import Host
import Store
import Wire

/// How blobs that are being sent are coded, so that the head of a file is read once and not for
/// each of its groups.
final class SendPlanCache: Sendable {
    /// Plans that are kept: more than blobs are usually asked for at a time. One of a model with a
    /// thousand tensors has some 200 KB, and up to eight parents held open.
    static let plansMax = 32

    private struct Key: Hashable {
        let blob: Digest
        let parents: [Digest]
    }

    private let state = Lock([(key: Key, plan: SendPlan?)]())

    /// The plan of a blob over parents in a row, made where it is not known; nil where its groups
    /// are not coded. Of a blob that is not whole here that is not remembered: its head may come.
    func plan(
        _ blob: Digest, _ parents: [Digest], isWhole: Bool,
        _ make: () throws(StoreError) -> SendPlan?
    ) throws(StoreError) -> SendPlan? {
        let key = Key(blob: blob, parents: parents)
        let known = state.withLock { $0.first { $0.key == key } }
        if let known { return known.plan }
        let plan = try make()
        guard isWhole || plan != nil else { return nil }
        state.withLock { state in
            if state.count >= Self.plansMax { state.removeFirst() }
            state.append((key, plan))
        }
        return plan
    }

    /// Forgets all: blobs may be gone, or have another form.
    func clear() { state.withLock { $0 = [] } }
}
