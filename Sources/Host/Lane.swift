/// A named thread that does blocking work, one piece after the other, in the order given.
public final class Lane: Sendable {
    private struct State {
        var work: [@Sendable () -> Void] = []
        var isClosed = false
    }

    private let state = Lock(State())
    private let ready = Semaphore()
    private let thread = LaneThread()

    /// Starts the lane's thread.
    public init(_ name: String) throws(SystemError) {
        let state = state
        let ready = ready
        try thread.start(name) {
            while true {
                ready.wait()
                let work: (@Sendable () -> Void)?? = state.withLock { state in
                    if state.work.isEmpty { return state.isClosed ? .some(nil) : nil }
                    return state.work.removeFirst()
                }
                guard let work else { continue }
                guard let work else { return }
                work()
            }
        }
    }

    /// Queues a piece of work; ignored after `close`. Whether it will be done.
    @discardableResult
    public func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
        let isAccepted = state.withLock { state in
            if state.isClosed { return false }
            state.work.append(work)
            return true
        }
        if isAccepted { ready.signal() }
        return isAccepted
    }

    /// Does a piece of work on the lane and waits for its result.
    public func perform<Result: Sendable>(_ work: @escaping @Sendable () -> Result) -> Result? {
        let result = Lock<Result?>(nil)
        let done = Semaphore()
        let isAccepted = submit {
            let value = work()
            result.withLock { $0 = value }
            done.signal()
        }
        guard isAccepted else { return nil }
        done.wait()
        return result.withLock { $0 }
    }

    /// Number of pieces waiting.
    public var waiting: Int { state.withLock { $0.work.count } }

    /// Finishes the queued work and ends the thread.
    public func close() {
        state.withLock { $0.isClosed = true }
        ready.signal()
        thread.join()
    }
}
