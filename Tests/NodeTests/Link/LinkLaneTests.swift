import Host
import Swarm
import Testing
import Wire

@testable import Node

/// Two sides with a lane each, on loopback.
private final class Side: Sendable {
    let lane: LinkLane
    let shared: LinkShared
    let address: Address
    let events = Lock([LinkEvent]())
    let groups = Lock([(request: GroupRequest, bytes: [UInt8])]())
    private let news = Semaphore()

    init(_ seed: UInt8, network: Digest = NetworkFile.standard.id) throws {
        lane = try LinkLane()
        let (events, groups, news) = (events, groups, news)
        let pool = Lock<LinkShared?>(nil)
        let shared = LinkShared(
            identity: try LinkSharedTests.identity(seed, network: network),
            report: { event in
                events.withLock { $0.append(event) }
                news.signal()
            },
            deliver: { group in
                let bytes = group.buffer.bytes(0..<group.buffer.count)
                groups.withLock { $0.append((group.request, bytes)) }
                pool.withLock { $0 }?.arriving.put(group.buffer)
                news.signal()
            })
        pool.withLock { $0 = shared }
        self.shared = shared
        let listener = try Socket.listen(try #require(Address("127.0.0.1:0")))
        address = try listener.ownAddress()
        try lane.start(0, shared: shared, listener: listener, lanes: [lane])
    }

    /// Waits for an event or group that `find` accepts.
    func wait<Result>(_ find: () -> Result?) throws -> Result {
        for _ in 0..<200 {
            if let found = find() { return found }
            news.wait(milliseconds: 50)
        }
        return try #require(find())
    }

    func waitForSession() throws -> SessionNumber {
        try wait {
            events.withLock { events in
                for case .established(let number, _, _) in events { return number }
                return nil
            }
        }
    }

    func end() {
        lane.post(.stop)
        lane.join()
    }
}

@Suite("A link lane")
struct LinkLaneTests {
    private func dial(_ from: Side, _ to: Side) throws {
        from.lane.post(
            .dial(
                from.shared.nextSession(), dial: 1, endpoints: [try #require(Endpoint(to.address))],
                expected: nil, known: nil))
    }

    @Test func `carries messages and proven groups between two nodes`() throws {
        let (a, b) = (try Side(1), try Side(2))
        defer {
            a.end()
            b.end()
        }
        try dial(a, b)
        let (session, other) = (try a.waitForSession(), try b.waitForSession())
        let bytes = Laboratory.bytes(HashTree.groupBytes)
        let blob = Blake3.hash(bytes)
        let layer = try #require(
            GroupLayer(singleGroup: blob, size: UInt64(HashTree.groupBytes)))
        let request = GroupRequest(request: 7, layer: blob, blob: blob, group: 0)
        a.lane.post(.request(session, request, layer))
        let asked: GroupRequest = try b.wait {
            b.events.withLock { events in
                for case .message(_, .get(let request)) in events { return request }
                return nil
            }
        }
        #expect(asked == request)
        let buffer = try #require(b.shared.leaving.take())
        buffer.store(bytes, at: 0)
        buffer.count = bytes.count
        b.lane.post(.sendGroup(other, request: 7, buffer))
        let arrived = try a.wait { a.groups.withLock { $0.first } }
        #expect(arrived.bytes == bytes && arrived.request == request)
        _ = try b.wait { b.shared.leaving.used == 0 ? true : nil }
        #expect(a.shared.arriving.used == 0)

        a.lane.post(
            .request(session, GroupRequest(request: 8, layer: blob, blob: blob, group: 0), layer))
        let wrong = try #require(b.shared.leaving.take())
        wrong.store(bytes, at: 0)
        wrong[12_345] ^= 1
        wrong.count = bytes.count
        _ = try b.wait {
            b.events.withLock { events in
                events.contains {
                    if case .message(_, .get(let r)) = $0 { r.request == 8 } else { false }
                }
            } ? true : nil
        }
        b.lane.post(.sendGroup(other, request: 8, wrong))
        let refuted: UInt64 = try a.wait {
            a.events.withLock { events in
                for case .groupRefuted(_, let request) in events { return request }
                return nil
            }
        }
        #expect(refuted == 8)
        #expect(a.groups.withLock { $0.count } == 1)
    }

    @Test func `says why a dial came to nothing`() throws {
        let (a, b) = (try Side(1), try Side(2, network: NetworkFile.identifier(name: "other")))
        defer {
            a.end()
            b.end()
        }
        try dial(a, b)
        let reason: String = try a.wait {
            a.events.withLock { events in
                for case .dialFailed(dial: 1, let reason) in events { return reason }
                return nil
            }
        }
        #expect(reason == "it belongs to another network")
    }

    @Test func `gives a group back that has no session any more`() throws {
        let a = try Side(1)
        defer { a.end() }
        let buffer = try #require(a.shared.leaving.take())
        buffer.count = 9
        a.lane.post(.sendGroup(99, request: 3, buffer))
        _ = try a.wait {
            a.events.withLock { events in
                events.contains { if case .served(99, 3, 0) = $0 { true } else { false } }
            } ? true : nil
        }
        #expect(a.shared.leaving.used == 0)
    }
}
