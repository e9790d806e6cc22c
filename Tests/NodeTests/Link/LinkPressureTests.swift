import Host
import Swarm
import Testing

@testable import Node

@Suite struct LinkPressureTests {
    private func status(_ slow: FetchSlowness?) -> FetchStatus {
        var status = FetchStatus(
            phase: .transferring, size: 1, received: 0, reused: 0, sources: [])
        status.slow = slow
        return status
    }

    @Test func `what waits for a buffer waits for the disk, for a while`() {
        let pressure = LinkPressure()
        #expect(pressure.explained(status(.line)).slow == .line)
        pressure.noteWait()
        #expect(pressure.explained(status(.line)).slow == .disk)
        // What the core knows better stays.
        #expect(pressure.explained(status(.limit)).slow == .limit)
        #expect(pressure.explained(status(nil)).slow == nil)
    }

    @Test func `a lane without a pause is the processor`() {
        let pressure = LinkPressure()
        pressure.note(lane: 0, processor: 0)
        let start = Clock.monotonic()
        while Clock.monotonic() - start < 2_000_000 {}
        pressure.note(lane: 0, processor: 1_000_000_000)
        #expect(pressure.explained(status(.line)).slow == .processor)
        pressure.note(lane: 0, processor: 1_000_000_000)
        #expect(pressure.explained(status(.line)).slow == .line)
    }
}
