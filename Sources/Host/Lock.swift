import Glibc

/// One value, one holder at a time.
///
/// A plain pthread mutex: the standard library's `Mutex` is a priority-inheritance futex on
/// Linux in Swift 6.3, two hundred times slower when contended, and ThreadSanitizer reports
/// false races on it. Unchecked because the compiler cannot see what the mutex guards.
public final class Lock<State>: @unchecked Sendable {
    /// The state, and a byte: one without a size would have the address of the object itself, whose
    /// every use ThreadSanitizer takes for a race with it then.
    private struct Guarded {
        var state: State
        let filler: UInt8 = 0
    }

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var guarded: Guarded

    /// A lock around `state`.
    public init(_ state: sending State) {
        guarded = Guarded(state: state)
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs `body` as the only holder. It must not block or call out.
    public func withLock<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&guarded.state)
    }
}
