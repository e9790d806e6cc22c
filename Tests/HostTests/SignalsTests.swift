import Foundation
import Testing

@testable import Host

@Suite("Signals")
struct SignalsTests {
    @Test func `are waited for instead of ending the process`() async {
        await #expect(processExitsWith: .exitCode(40)) {
            let signals = try Signals()
            for expected in [SIGTERM, SIGINT, SIGHUP] {
                pthread_kill(pthread_self(), expected)
                guard try signals.wait() == expected else { exit(41) }
            }
            kill(getpid(), SIGPIPE)
            exit(40)
        }
    }
}
