import CLinux
import Glibc

/// A named system thread that runs one closure to its end.
public final class Thread: Sendable {
    private final class Start: @unchecked Sendable {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }

    private let handle: pthread_t

    /// Starts `body` on a new thread; `name` (≤ 15 bytes) is what `top -H` shows.
    public init(_ name: String, _ body: sending @escaping () -> Void) throws(SystemError) {
        var handle = pthread_t()
        let start = Unmanaged.passRetained(Start(body))
        let code = pthread_create(
            &handle, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw SystemError("pthread_create", name, code: code)
        }
        _ = plasmid_name_thread(handle, String(name.prefix(15)))
        self.handle = handle
    }

    /// Waits for the thread's end; called once.
    public func join() {
        pthread_join(handle, nil)
    }

    /// Lets the thread end by itself; instead of `join`.
    public func detach() {
        pthread_detach(handle)
    }
}
