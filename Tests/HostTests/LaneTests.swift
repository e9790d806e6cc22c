import Testing

@testable import Host

@Suite("A lane")
struct LaneTests {
    @Test func `works in order, one piece at a time, and finishes before it closes`() throws {
        let lane = try Lane("work")
        let done = Lock([Int]())
        let gate = Semaphore()
        lane.submit { gate.wait() }
        for number in 0..<50 { lane.submit { done.withLock { $0.append(number) } } }
        #expect(lane.waiting >= 50)
        gate.signal()
        lane.close()
        #expect(done.withLock { $0 } == Array(0..<50))
        lane.submit { done.withLock { $0.append(99) } }
        lane.close()
        #expect(done.withLock { $0.count } == 50)
    }

    @Test func `gives the result of a piece of work, and nothing once it is closed`() throws {
        let lane = try Lane("work")
        #expect(lane.perform { 6 * 7 } == 42)
        lane.close()
        #expect(lane.perform { 1 } == nil)
    }
}
