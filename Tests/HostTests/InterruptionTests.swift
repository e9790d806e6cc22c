import Foundation
import Testing

@testable import Host

@Suite("An interruption")
struct InterruptionTests {
    /// Signals that a test sends: real ones could go to any thread of the test process.
    final class Sender: Sendable {
        private let signals = Lock([Int32]())
        private let count = Semaphore()

        func send(_ signal: Int32) {
            signals.withLock { $0.append(signal) }
            count.signal()
        }

        func next() -> Int32? {
            count.wait()
            return signals.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        }

        /// Ends the thread that waits.
        func end() { count.signal() }
    }

    /// Whether `isTrue` comes true within ten seconds.
    static func comes(_ isTrue: () -> Bool) -> Bool {
        for _ in 0..<10_000 where !isTrue() { usleep(1_000) }
        return isTrue()
    }

    @Test func `is noted, ends a wait, and is answered`() throws {
        let sender = Sender()
        defer { sender.end() }
        let interruption = try Interruption { sender.next() }
        #expect(!interruption.isAsked)
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        sender.send(SIGINT)
        #expect(!interruption.wait(for: ends[0]), "nothing comes but the signal")
        #expect(interruption.signal == SIGINT && interruption.isForThisPart)
        interruption.answer()
        #expect(!interruption.isAsked)
        #expect(write(ends[1], "x", 1) == 1)
        #expect(interruption.wait(for: ends[0]), "the old signal ends no wait")
        sender.send(SIGTERM)
        #expect(Self.comes { interruption.signal == SIGTERM })
        #expect(!interruption.isForThisPart && !interruption.wait(for: ends[0]))
    }

    @Test func `twice without an answer ends the process at once`() async {
        await #expect(processExitsWith: .exitCode(128 + SIGTERM)) {
            let sender = Sender()
            let interruption = try Interruption { sender.next() }
            sender.send(SIGINT)
            guard InterruptionTests.comes({ interruption.isAsked }) else { exit(41) }
            sender.send(SIGTERM)
            sleep(10)
            exit(42)
        }
    }
}
