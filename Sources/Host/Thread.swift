import CLinux
import Glibc

/// A named system thread that runs one closure to its end.
public final class Thread: Sendable {
    private final class Start: @unchecked Sendable {
        let name: String
        let body: () -> Void

        init(_ name: String, _ body: @escaping () -> Void) {
            self.name = name
            self.body = body
        }

        /// Names the thread it runs on before anything else: named from outside, a thread could
        /// end before it has its name.
        func run() {
            _ = plasmid_name_thread(pthread_self(), String(name.prefix(15)))
            body()
        }
    }

    private let handle: pthread_t

    /// Starts `body` on a new thread; `name` (≤ 15 bytes) is what `top -H` shows.
    public init(_ name: String, _ body: sending @escaping () -> Void) throws(SystemError) {
        var handle = pthread_t()
        let start = Unmanaged.passRetained(Start(name, body))
        let code = pthread_create(
            &handle, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw SystemError("pthread_create", name, code: code)
        }
        self.handle = handle
    }

    /// Lets every other thread of this machine go first, for as long as the calling one lives.
    public static func letOthersFirst() { _ = plasmid_lower_thread() }

    /// Waits for the thread's end; called once.
    public func join() {
        pthread_join(handle, nil)
    }

    /// Runs `body` on a thread that lets others go first, and waits for its end: what takes all of
    /// a core for long and is waited for by nobody but its caller. Threads that `body` starts let
    /// others go first too. A thread cannot take its priority back, hence one of its own.
    public static func runBehind<Result, Failure: Error>(
        _ name: String, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withoutActuallyEscaping(body) { body throws(Failure) in
            let work = Work(body)
            do throws(SystemError) {
                try Thread(name) {
                    plasmid_lower_thread()
                    work.run()
                }.join()
            } catch {
                // No thread to spare: slower for others is better than not at all.
                work.run()
            }
            guard let result = work.result else {
                preconditionFailure("the work leaves a result when it ends")
            }
            return try result.get()
        }
    }

    /// Work that is done on one thread while another waits; unchecked because the compiler does
    /// not see the wait.
    private final class Work<Result, Failure: Error>: @unchecked Sendable {
        private(set) var result: Swift.Result<Result, Failure>?
        private let body: () throws(Failure) -> Result

        init(_ body: @escaping () throws(Failure) -> Result) { self.body = body }

        func run() {
            do throws(Failure) {
                result = .success(try body())
            } catch {
                result = .failure(error)
            }
        }
    }

    /// Lets the thread end by itself; instead of `join`.
    public func detach() {
        pthread_detach(handle)
    }
}
