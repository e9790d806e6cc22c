import CLinux
import Glibc

/// SIGINT, SIGTERM and SIGHUP as something to wait for instead of something that interrupts.
public struct Signals: Sendable {
    private let descriptor: Descriptor

    /// Blocks the signals in this thread and all that it starts from now on, and ignores
    /// SIGPIPE. Call it first thing in the main thread.
    public init() throws(SystemError) {
        signal(SIGPIPE, SIG_IGN)
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, number) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let number = plasmid_signalfd(&set)
        guard number >= 0 else { throw .last("signalfd") }
        descriptor = Descriptor(owning: number)
    }

    /// Waits for the next signal and gives its number.
    public func wait() throws(SystemError) -> Int32 {
        var information = signalfd_siginfo()
        while true {
            let count = read(descriptor.number, &information, MemoryLayout<signalfd_siginfo>.size)
            if count > 0 { return Int32(information.ssi_signo) }
            if errno != EINTR { throw .last("signalfd") }
        }
    }
}
