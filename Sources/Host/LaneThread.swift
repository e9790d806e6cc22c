/// The thread behind an object that starts it once and may be asked for its end more than once: the
/// first who asks waits for it, later ones find it gone.
public final class LaneThread: Sendable {
    private let thread = Lock<Thread?>(nil)

    /// No thread yet.
    public init() {}

    /// Starts `body` on a thread of its own, under a name of at most 15 bytes.
    public func start(
        _ name: String, _ body: sending @escaping () -> Void
    ) throws(SystemError) {
        let started = try Thread(name, body)
        thread.withLock { $0 = started }
    }

    /// Waits for the thread's end; returns at once where it never began or was waited for.
    public func join() {
        thread.withLock { thread in
            defer { thread = nil }
            return thread
        }?.join()
    }
}
