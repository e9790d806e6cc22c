import Testing
import Wire

@testable import Swarm

@Suite struct ServeQueueTests {
    private static let group: UInt64 = 1 << 20
    private let digest = Digest(words: (1, 2, 3, 4))

    private func moment(_ milliseconds: UInt64) -> Moment {
        Moment(monotonic: milliseconds * Span.millisecond, wall: 0)
    }

    private func add(
        _ queue: inout ServeQueue, _ numbers: Range<UInt64>, for session: SessionNumber,
        bytes: UInt64 = group, weight: UInt64 = 1, isLimited: Bool = false
    ) {
        for number in numbers {
            let request = GroupRequest(
                request: number, layer: digest, blob: digest, group: number)
            queue.add(request, bytes: bytes, for: session, weight: weight, isLimited: isLimited)
        }
    }

    /// Whom the queue serves when each group leaves at once.
    private func order(_ queue: inout ServeQueue, _ count: Int) -> [SessionNumber] {
        (0..<count).compactMap { _ in
            let next = queue.next(at: moment(0))
            if let next { queue.sent(by: next.session) }
            return next?.session
        }
    }

    @Test func `one who asks for much keeps nobody waiting`() {
        var queue = ServeQueue()
        add(&queue, 0..<60, for: 1)
        add(&queue, 100..<104, for: 2)
        let order = order(&queue, 10)
        #expect(order.filter { $0 == 2 }.count == 4 && queue.waiting == 54)
    }

    @Test func `weights and bytes count, not requests`() {
        var queue = ServeQueue()
        add(&queue, 0..<40, for: 1)
        add(&queue, 100..<140, for: 2, weight: 4)
        let first = order(&queue, 20)
        #expect(first.filter { $0 == 2 }.count == 16)
        queue = ServeQueue()
        add(&queue, 0..<40, for: 1)
        add(&queue, 100..<500, for: 2, bytes: Self.group / 8)
        #expect(order(&queue, 45).filter { $0 == 1 }.count == 5)
    }

    @Test func `peers that take nothing stop nobody but themselves`() {
        var queue = ServeQueue()
        var sending: [SessionNumber: Int] = [:]
        for session in UInt64(1)...40 {
            add(&queue, session * 100..<session * 100 + 20, for: session)
            while let next = queue.next(at: moment(0)) { sending[next.session, default: 0] += 1 }
        }
        // The first had all while it was alone, the others have one at least.
        #expect(sending[1] == ServeQueue.sendingMax)
        #expect((2...40).allSatisfy { sending[$0] == 1 })
        #expect(queue.sending <= ServeQueue.sendingHardMax)
        queue.sent(by: 40)
        let next = queue.next(at: moment(0))
        #expect(next?.session == 40)
        for session in UInt64(1)...39 { queue.end(session) }
        #expect(queue.sending == 1)
        queue.sent(by: 7)
        #expect(queue.sending == 1, "one that was ended is not counted twice")
    }

    @Test func `what waits can be dropped, what is being sent cannot`() throws {
        var queue = ServeQueue()
        add(&queue, 0..<3, for: 1)
        let next = queue.next(at: moment(0))
        let first = try #require(next)
        let waiting = try #require((0..<UInt64(3)).first { $0 != first.request.request })
        let dropped = [
            queue.drop(first.request.request, for: 1), queue.drop(waiting, for: 1),
            queue.drop(9, for: 1), queue.drop(0, for: 2),
        ]
        #expect(dropped == [false, true, false, false] && queue.waiting == 1)
    }

    @Test func `limits hold for all, for each, and not for those who are exempt`() throws {
        var queue = ServeQueue()
        queue.take(TransferLimits(upload: 2 << 20, uploadPerPeer: 1 << 20))
        for session in UInt64(1)...4 {
            add(&queue, session * 100..<session * 100 + 60, for: session, isLimited: session < 4)
        }
        var served: [SessionNumber: Int] = [:]
        for time in 0..<UInt64(10_000) {
            while let next = queue.next(at: moment(time)) {
                served[next.session, default: 0] += 1
                queue.sent(by: next.session)
            }
        }
        let limited = (1...3).reduce(0) { $0 + (served[$1] ?? 0) }
        #expect(served[4] == 60 && limited >= 19 && limited <= 24)
        #expect((1...3).allSatisfy { (served[$0] ?? 0) <= 12 })
        let ready = try #require(queue.readyAt(moment(10_000)))
        #expect(ready > 10_000 * Span.millisecond && ready < 12_000 * Span.millisecond)
        queue.take(TransferLimits())
        let next = queue.next(at: moment(10_000))
        #expect(queue.readyAt(moment(10_000)) == nil && next != nil)
    }

    @Test func `what left in fewer bytes, or did not, is given back to the owner's limit`() {
        func sent(_ bytes: UInt64?) -> Int {
            var queue = ServeQueue()
            queue.take(TransferLimits(upload: 4 << 20))
            add(&queue, 0..<400, for: 1, isLimited: true)
            var count = 0
            for time in 0..<UInt64(100) {
                while let next = queue.next(at: moment(time * 100)) {
                    let number = next.request.request
                    queue.left(
                        number, bytes: bytes ?? Self.group, for: 1, at: moment(time * 100))
                    count += 1
                }
            }
            return count
        }
        #expect((40...48).contains(sent(nil)), "a second's worth saved, ten seconds")
        #expect((80...96).contains(sent(Self.group / 2)))
        #expect(sent(0) == 400)
    }
}
