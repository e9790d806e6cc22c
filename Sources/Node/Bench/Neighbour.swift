import Host

/// Something that goes on beside a measurement.
protocol Neighbour {
    /// Begins.
    func start() throws(Failure)
    /// Ends; nothing of it goes on afterwards.
    func stop() throws(Failure)
}

/// Shares one large file again and again, each time by a process of this program into a home of
/// its own: a store that has the bytes already would not write them.
final class Publisher: Neighbour, Sendable {
    private struct State {
        var thread: Thread?
        var isStopped = false
        var times: [Double] = []
        var failure: Failure?
    }

    private let file: String
    private let home: String
    private let state = Lock(State())

    /// Shares `file` into homes at `home`.
    init(file: String, home: String) {
        self.file = file
        self.home = home
    }

    /// Seconds of each share that was done.
    var times: [Double] { state.withLock { $0.times } }

    /// Seconds of one share.
    func shareOnce() throws(Failure) -> Double {
        var failure: Failure?
        let seconds = BenchCommand.seconds { () throws(Never) in
            do throws(Failure) {
                _ = try BenchFolder.ask(
                    [
                        "share", file, "--type", "x-bench", "--name", "bench", "--licence",
                        "CC0-1.0", "--visibility", "private",
                    ], home: home)
            } catch {
                failure = error
            }
        }
        // Setting pages free takes a core for long; a node does not do that while it publishes.
        Thread.runBehind("remove") { _ = try? Directory.removeTree(home) }
        if let failure { throw failure }
        return seconds
    }

    func start() throws(Failure) {
        state.withLock { $0.isStopped = false }
        do throws(SystemError) {
            let thread = try Thread("publisher") { [self] in
                repeat {
                    do throws(Failure) {
                        let seconds = try shareOnce()
                        state.withLock { $0.times.append(seconds) }
                    } catch {
                        state.withLock { state in
                            state.failure = error
                            state.isStopped = true
                        }
                    }
                } while !state.withLock({ $0.isStopped })
            }
            state.withLock { $0.thread = thread }
        } catch {
            throw Failure(.internal, "a thread cannot be started", why: error.description)
        }
    }

    /// Waits for the share that goes on, so that none is measured but whole ones.
    func stop() throws(Failure) {
        let thread = state.withLock { state in
            defer { state.thread = nil }
            state.isStopped = true
            return state.thread
        }
        thread?.join()
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }
}

/// A thread that computes nothing on the last core, without a pause.
final class BusyCore: Neighbour, Sendable {
    private struct State {
        var thread: Thread?
        var isStopped = false
    }

    private let state = Lock(State())

    func start() throws(Failure) {
        state.withLock { $0.isStopped = false }
        do throws(SystemError) {
            let thread = try Thread("busy") { [state] in
                Machine.stayOnLastCore()
                while !state.withLock({ $0.isStopped }) {}
            }
            state.withLock { $0.thread = thread }
        } catch {
            throw Failure(.internal, "a thread cannot be started", why: error.description)
        }
    }

    func stop() throws(Failure) {
        let thread = state.withLock { state in
            defer { state.thread = nil }
            state.isStopped = true
            return state.thread
        }
        thread?.join()
    }
}
