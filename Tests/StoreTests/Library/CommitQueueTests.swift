import Host
import Testing
import Wire

@testable import Store

@Suite struct CommitQueueTests {
    private static func draft(_ number: Int) -> JournalDraft {
        JournalDraft(laidOut: .policy(name: "n", value: "\(number)"), time: 1)
    }

    /// Runs `lanes` threads that each want `count` changes, with a commit that takes a while.
    private static func run(
        lanes: Int, count: Int, commit: @escaping @Sendable ([Int]) throws(StoreError) -> Void
    ) throws -> (groups: [[Int]], failures: Int) {
        let queue = CommitQueue()
        let groups = Lock<[[Int]]>([])
        let failures = Lock(0)
        let inside = Lock(0)
        let threads = try (0..<lanes).map { lane in
            try Thread("lane") {
                for index in 0..<count {
                    do {
                        try queue.run([Self.draft(lane * count + index)]) {
                            requests throws(StoreError) in
                            #expect(
                                inside.withLock {
                                    $0 += 1; return $0
                                } == 1)
                            defer { inside.withLock { $0 -= 1 } }
                            let numbers = requests.flatMap(\.drafts).compactMap { draft in
                                if case .policy(_, let value) = draft.change {
                                    Int(value)
                                } else {
                                    nil
                                }
                            }
                            groups.withLock { $0.append(numbers) }
                            try commit(numbers)
                        }
                    } catch {
                        failures.withLock { $0 += 1 }
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        return (groups.withLock { $0 }, failures.withLock { $0 })
    }

    @Test func `every change is committed once, in its caller's order, one commit at a time`()
        throws
    {
        let (groups, failures) = try Self.run(lanes: 8, count: 50) { _ throws(StoreError) in
            Semaphore().wait(milliseconds: 1)
        }
        let all = groups.flatMap { $0 }
        #expect(failures == 0)
        #expect(all.sorted() == Array(0..<400))
        for lane in 0..<8 {
            let own = all.filter { $0 / 50 == lane }
            #expect(own == own.sorted())
        }
    }

    @Test func `callers that come during a commit share the next`() throws {
        let (groups, _) = try Self.run(lanes: 8, count: 20) { _ throws(StoreError) in
            Semaphore().wait(milliseconds: 5)
        }
        // Alone each change would need a commit; seven others line up while one commits.
        #expect(groups.count < 160 / 3, "\(groups.count) commits for 160 changes")
        #expect(groups.allSatisfy { $0.count <= CommitQueue.callersMax })
    }

    @Test func `a commit that fails fails for all it was for, and for no one else`() throws {
        let (groups, failures) = try Self.run(lanes: 4, count: 25) { numbers throws(StoreError) in
            Semaphore().wait(milliseconds: 1)
            if numbers.contains(where: { $0 % 10 == 3 }) { throw .refused("three") }
        }
        let failed = groups.filter { $0.contains { $0 % 10 == 3 } }.flatMap { $0 }
        #expect(failures == failed.count)
        #expect(groups.flatMap { $0 }.count == 100)
    }

    @Test func `one more caller than a commit serves waits for the next one`() throws {
        let (groups, failures) = try Self.run(lanes: CommitQueue.callersMax + 8, count: 2) {
            _ throws(StoreError) in Semaphore().wait(milliseconds: 20)
        }
        #expect(failures == 0)
        #expect(groups.map(\.count).max() ?? 0 <= CommitQueue.callersMax)
        #expect(groups.flatMap { $0 }.count == 2 * (CommitQueue.callersMax + 8))
    }
}
