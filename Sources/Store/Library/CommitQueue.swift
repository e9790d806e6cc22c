import Host

/// Joins what several lanes want to change at the same time: one sync of the journal and one
/// transaction of the index serve them all (group commit).
///
/// Who comes first commits for all that wait by then; meanwhile others line up, and the first of
/// them does the same. Only one commits at a time, so that changes reach the index in the order
/// of their entries.
final class CommitQueue: Sendable {
    /// Most callers that one commit serves: with entries of at most 64 KiB it writes 4 MiB.
    static let callersMax = 64

    /// What one caller wants, and what became of it.
    final class Request: Sendable {
        /// Its changes, in order, laid out.
        let drafts: [JournalDraft]
        /// Nil until somebody committed it.
        fileprivate let outcome = Lock<Result<Void, StoreError>?>(nil)
        fileprivate let turn = Semaphore()

        init(_ drafts: [JournalDraft]) { self.drafts = drafts }
    }

    private struct State {
        var waiting: [Request] = []
        var isCommitting = false
    }

    private let state = Lock(State())

    /// Has changes committed, by this thread or by another, and waits for it. `commit` makes
    /// all it is given durable and visible, or throws for all of it.
    func run(
        _ drafts: [JournalDraft],
        commit: ([Request]) throws(StoreError) -> Void
    ) throws(StoreError) {
        let request = Request(drafts)
        let isFirst = state.withLock { state in
            state.waiting.append(request)
            defer { state.isCommitting = true }
            return !state.isCommitting
        }
        if !isFirst {
            request.turn.wait()
            if let outcome = request.outcome.withLock({ $0 }) { return try outcome.get() }
        }
        try lead(commit)
    }

    /// Commits for those that wait, of whom this thread is the first; then it is the next one's
    /// turn.
    private func lead(_ commit: ([Request]) throws(StoreError) -> Void) throws(StoreError) {
        let group = state.withLock { state in
            let group = Array(state.waiting.prefix(Self.callersMax))
            state.waiting.removeFirst(group.count)
            return group
        }
        let outcome: Result<Void, StoreError>
        do throws(StoreError) {
            outcome = .success(try commit(group))
        } catch {
            outcome = .failure(error)
        }
        for other in group.dropFirst() {
            other.outcome.withLock { $0 = outcome }
            other.turn.signal()
        }
        let next = state.withLock { state in
            state.isCommitting = !state.waiting.isEmpty
            return state.waiting.first
        }
        next?.turn.signal()
        try outcome.get()
    }
}
