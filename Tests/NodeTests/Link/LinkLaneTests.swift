import Foundation
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
    let key: NodeKey
    let events = Lock([LinkEvent]())
    let groups = Lock([(request: GroupRequest, bytes: [UInt8])]())
    let coded = Lock([(request: GroupRequest, coding: GroupCoding, bytes: [UInt8])]())
    private let news = Semaphore()

    init(_ seed: UInt8, network: Digest = NetworkFile.standard.id) throws {
        lane = try LinkLane()
        let listener = try Socket.listen(try #require(Address("127.0.0.1:0")))
        address = try listener.ownAddress()
        key = try #require(SigningKey(seed: [UInt8](repeating: seed, count: 32))).publicKey
        let (events, groups, coded, news) = (events, groups, coded, news)
        let pool = Lock<LinkShared?>(nil)
        let shared = LinkShared(
            identity: try LinkSharedTests.identity(seed, network: network), listening: address,
            report: { event in
                events.withLock { $0.append(event) }
                news.signal()
            },
            deliver: { arrival in
                let bytes = arrival.buffer.bytes(0..<arrival.buffer.count)
                switch arrival {
                case .proven(let group): groups.withLock { $0.append((group.request, bytes)) }
                case .coded(let group):
                    coded.withLock { $0.append((group.request, group.coding, bytes)) }
                }
                pool.withLock { $0 }?.arriving.put(arrival.buffer)
                news.signal()
            })
        pool.withLock { $0 = shared }
        self.shared = shared
        try lane.start(0, shared: shared, listener: listener, lanes: [lane])
    }

    /// Waits for an event or group that `find` accepts.
    func wait<Result>(_ find: () -> Result?) throws -> Result {
        try Laboratory.wait(for: news, find)
    }

    func waitForSession() throws -> SessionNumber {
        try wait {
            events.withLock { events in
                for case .established(let number, _, _) in events { return number }
                return nil
            }
        }
    }

    func waitForStripe() throws -> (SessionNumber, SessionFacts) {
        try wait {
            events.withLock { events in
                for case .stripeEstablished(let number, let facts) in events {
                    return (number, facts)
                }
                return nil
            }
        }
    }

    /// The question of that number, and the connection that it came by.
    func waitForQuestion(_ number: UInt64) throws -> (from: SessionNumber, get: GroupRequest) {
        try wait {
            events.withLock { events in
                for case .message(let from, .get(let get)) in events where get.request == number {
                    return (from, get)
                }
                return nil
            }
        }
    }

    /// Answers a question with these bytes.
    func give(
        _ bytes: [UInt8], to connection: SessionNumber, request: UInt64,
        _ coding: GroupCoding? = nil
    ) throws {
        let buffer = try #require(shared.leaving.take())
        buffer.store(bytes, at: 0)
        buffer.count = bytes.count
        lane.post(.sendGroup(connection, request: request, buffer, coding))
    }

    func waitForFacts() throws -> SessionFacts {
        try wait {
            events.withLock { events in
                for case .established(_, let facts, _) in events { return facts }
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
                from.shared.nextSession(),
                Connection.DialFacts(
                    dial: 1, endpoints: [try #require(Endpoint(to.address))], expected: nil)))
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
        #expect(try b.waitForQuestion(7).get == request)
        try b.give(bytes, to: other, request: 7)
        let arrived = try a.wait { a.groups.withLock { $0.first } }
        #expect(arrived.bytes == bytes && arrived.request == request)
        _ = try b.wait { b.shared.leaving.used == 0 ? true : nil }
        #expect(a.shared.arriving.used == 0)

        a.lane.post(
            .request(session, GroupRequest(request: 8, layer: blob, blob: blob, group: 0), layer))
        _ = try b.waitForQuestion(8)
        var wrong = bytes
        wrong[12_345] ^= 1
        try b.give(wrong, to: other, request: 8)
        let refuted: UInt64 = try a.wait {
            a.events.withLock { events in
                for case .groupRefuted(_, let request) in events { return request }
                return nil
            }
        }
        #expect(refuted == 8)
        #expect(a.groups.withLock { $0.count } == 1)
    }

    @Test func `groups come over a stripe, which is no session`() throws {
        let (a, b) = (try Side(1), try Side(2))
        defer {
            a.end()
            b.end()
        }
        a.lane.post(
            .dial(
                a.shared.nextSession(),
                Connection.DialFacts(
                    dial: 5, endpoints: [try #require(Endpoint(b.address))], expected: b.key,
                    purpose: .stripe)))
        let (stripe, facts) = try a.waitForStripe()
        #expect(facts.peer == b.key && facts.dial == 5 && facts.isInitiator)
        a.lane.post(.send(stripe, .ping(1)))
        let (other, seen) = try b.waitForStripe()
        #expect(seen.peer == a.key && seen.dial == nil && !seen.isInitiator)
        #expect((seen.roundTrip ?? 0) > 0)
        let bytes = Laboratory.bytes(HashTree.groupBytes)
        let blob = Blake3.hash(bytes)
        let layer = try #require(
            GroupLayer(singleGroup: blob, size: UInt64(HashTree.groupBytes)))
        a.lane.post(
            .request(
                stripe, GroupRequest(request: 7, layer: blob, blob: blob, group: 0), layer))
        #expect(try b.waitForQuestion(7).from == other)
        try b.give(bytes, to: other, request: 7)
        #expect(try a.wait { a.groups.withLock { $0.first } }.bytes == bytes)
        for side in [a, b] {
            let sessions = side.events.withLock { events in
                events.count { if case .established = $0 { true } else { false } }
            }
            #expect(sessions == 0)
        }
    }

    @Test func `hands coded groups on as they came, only where they were asked for so`() throws {
        let (a, b) = (try Side(1), try Side(2))
        defer {
            a.end()
            b.end()
        }
        try dial(a, b)
        let (session, other) = (try a.waitForSession(), try b.waitForSession())
        let blob = Blake3.hash([1])
        let size = 100_000
        let layer = try #require(GroupLayer(singleGroup: blob, size: UInt64(size)))
        let parents = AcceptedCodings(parents: .init(layer: blob, blobs: [Blake3.hash([2])]))
        // How it is asked for, how it comes, in how many bytes, and whether that is an answer.
        let cases: [(AcceptedCodings?, GroupCoding, Int, Bool)] = [
            (AcceptedCodings(), .dense, size - 1, true), (parents, .delta, 1, true),
            (parents, .dense, 70_000, true), (nil, .dense, 70_000, false),
            (AcceptedCodings(), .delta, 70_000, false), (AcceptedCodings(), .dense, size, false),
            (parents, .delta, size + 1, false),
        ]
        for (index, (accepts, coding, count, isAnswer)) in cases.enumerated() {
            let number = UInt64(index + 10)
            let request = GroupRequest(
                request: number, layer: blob, blob: blob, group: 0, accepts: accepts)
            a.lane.post(.request(session, request, layer))
            #expect(try b.waitForQuestion(number).get == request)
            let bytes = Laboratory.bytes(count, seed: number)
            try b.give(bytes, to: other, request: number, coding)
            if isAnswer {
                let came = try a.wait { a.coded.withLock { $0.last { $0.request == request } } }
                #expect(came.coding == coding && came.bytes == bytes)
                continue
            }
            _ = try a.wait {
                a.events.withLock { events in
                    events.contains {
                        if case .groupRefuted(_, number) = $0 { true } else { false }
                    }
                } ? true : nil
            }
        }
        #expect(a.coded.withLock { $0.count } == 3 && a.groups.withLock { $0.isEmpty })
        _ = try b.wait { b.shared.leaving.used == 0 ? true : nil }
        #expect(a.shared.arriving.used == 0)
    }

    @Test func `sees who is there without a session`() throws {
        let (a, b) = (try Side(1), try Side(2))
        defer {
            a.end()
            b.end()
        }
        let place = try #require(Endpoint(b.address))
        for (dial, key, isReached) in [(1, b.key, true), (2, a.key, false)] as [(UInt64, _, _)] {
            a.lane.post(
                .dial(
                    a.shared.nextSession(),
                    Connection.DialFacts(
                        dial: dial, endpoints: [place], expected: key, isProbe: true)))
            let found: Bool = try a.wait {
                a.events.withLock { events in
                    for case .probed(dial, let isReached) in events { return isReached }
                    return nil
                }
            }
            #expect(found == isReached)
        }
        usleep(100_000)
        #expect(b.events.withLock { $0.isEmpty }, "nobody heard of it")
        let door = b.shared.door
        let here = try #require(Endpoint(bytes: [127, 0, 0, 1], port: 1))
        for _ in 0..<Door.pendingMax { #expect(door.enter(here, at: 1)) }
    }

    @Test func `calls from the port where it listens`() throws {
        let (a, b) = (try Side(1), try Side(2))
        defer {
            a.end()
            b.end()
        }
        a.lane.post(
            .dial(
                a.shared.nextSession(),
                Connection.DialFacts(
                    dial: 1, endpoints: [try #require(Endpoint(b.address))], expected: b.key,
                    isFromPort: true)))
        #expect(try a.waitForFacts().path == .directFromPort)
        let seen = try b.waitForFacts()
        #expect(seen.endpoint.port == a.address.port && seen.path == .direct)
    }

    @Test(arguments: [false, true])
    func `two that call each other at once have one session each, with the sides that were decided`(
        isLate: Bool
    ) throws {
        let (a, b) = (try Side(1), try Side(2))
        defer {
            a.end()
            b.end()
        }
        let begin = Clock.monotonic() + 20_000_000
        for (one, other, isInitiator) in [(a, b, true), (b, a, false)] {
            // Whoever comes late finds the call at its listener.
            let late: UInt64 = isLate && !isInitiator ? 300_000_000 : 0
            let punch = Punch(
                dial: 7, expected: other.key, isInitiator: isInitiator, begin: begin + late,
                end: begin + late + Connection.punchPatience)
            one.lane.post(
                .punch(
                    one.shared.nextSession(), [try #require(Endpoint(other.address))], punch))
        }
        let (first, second) = (try a.waitForFacts(), try b.waitForFacts())
        #expect(first.path == .punched && second.path == .punched)
        #expect(first.isInitiator && !second.isInitiator)
        #expect(first.dial == 7 && second.dial == 7)
        usleep(300_000)
        for side in [a, b] {
            let stood = side.events.withLock { events in
                events.count { if case .established = $0 { true } else { false } }
            }
            #expect(stood == 1)
        }
    }

    @Test func `a punch that nobody answers ends`() throws {
        let a = try Side(1)
        defer { a.end() }
        let nobody = try #require(Endpoint(bytes: [127, 0, 0, 1], port: 1))
        let now = Clock.monotonic()
        let punch = Punch(
            dial: 7, expected: a.key, isInitiator: true, begin: now, end: now + 300_000_000)
        a.lane.post(.punch(a.shared.nextSession(), [nobody, nobody.with(port: 2)], punch))
        let reason: String = try a.wait {
            a.events.withLock { events in
                for case .dialFailed(dial: 7, let reason) in events { return reason }
                return nil
            }
        }
        #expect(reason == "nobody answers")
        #expect(a.shared.punches.punch(from: nobody.bytes, at: now) == nil)
    }

    @Test func `a channel runs over a circuit as over a connection`() throws {
        let (a, b, relay) = (try Side(1), try Side(2), try Side(3))
        defer { for side in [a, b, relay] { side.end() } }
        try dial(a, relay)
        let toRelay = try a.waitForSession()
        let fromA = try relay.waitForSession()
        try dial(b, relay)
        let bToRelay = try b.waitForSession()
        let fromB: SessionNumber = try relay.wait {
            relay.events.withLock { events in
                for case .established(let number, let facts, _) in events
                where facts.peer == b.key { return number }
                return nil
            }
        }
        let stop = Lock(false)
        defer { stop.withLock { $0 = true } }
        let ends = [
            (a, CircuitEnd(session: toRelay, circuit: 2), b.key, UInt64(9)),
            (b, CircuitEnd(session: bToRelay, circuit: 2), a.key, nil),
        ]
        for (side, end, peer, dial) in ends.reversed() {
            side.lane.post(
                .openCircuit(
                    end,
                    CircuitChannel(
                        number: side.shared.nextSession(), relay: relay.key, peer: peer, dial: dial,
                        known: nil)))
        }
        // The relay in the middle hands on what comes, by session.
        let carrier = try Thread("relay") {
            var done = 0
            while !stop.withLock({ $0 }) {
                let events = relay.events.withLock { Array($0[min(done, $0.count)...]) }
                done += events.count
                for case .message(let session, .relay(let word)) in events {
                    relay.lane.post(.send(session == fromA ? fromB : fromA, .relay(word)))
                }
                usleep(500)
            }
        }
        defer { carrier.join() }
        defer { stop.withLock { $0 = true } }
        func relayed(_ side: Side) throws -> (SessionNumber, SessionFacts) {
            try side.wait {
                side.events.withLock { events in
                    for case .established(let number, let facts, _) in events
                    where facts.path.isRelayed { return (number, facts) }
                    return nil
                }
            }
        }
        let (inner, facts) = try relayed(a)
        let (_, seen) = try relayed(b)
        #expect(facts.peer == b.key && facts.dial == 9 && facts.isInitiator)
        #expect(seen.peer == a.key && seen.dial == nil && !seen.isInitiator)
        #expect(facts.endpoint.port == relay.address.port, "the relay's address, not the peer's")
        a.lane.post(.send(inner, .ping(77)))
        _ = try b.wait {
            b.events.withLock { events in
                events.contains { if case .message(_, .ping(77)) = $0 { true } else { false } }
            } ? true : nil
        }
        b.lane.post(.endCircuit(ends[1].1, reason: "the relay is gone"))
        let reason: String = try b.wait {
            b.events.withLock { events in
                for case .closed(_, let reason) in events { return reason }
                return nil
            }
        }
        #expect(["the relay is gone", "the peer closed the connection"].contains(reason))
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
