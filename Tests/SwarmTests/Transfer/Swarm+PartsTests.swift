import Genome
import Testing

@testable import Swarm
@testable import Wire

@Suite struct SwarmPartsTests {
    /// Nanoseconds of a part of 128 KiB at 2 Mbit/s, as parts come over such a line.
    private static let pause = 524 * Span.millisecond
    private static let partBytes: UInt64 = 128 << 10

    /// Fetching the only file of a sample from far peers, whose seeds and sessions have the same
    /// numbers.
    private struct Fetching {
        var driver = Driver()
        let sample: Sample
        let blob: Digest
        var asked: [(session: SessionNumber, request: GroupRequest)] = []
        /// Leaves that came, by group.
        var shelf: [UInt64: LeafSet] = [:]
        var dropped: [UInt64] = []
        var completed = false

        init(
            _ sessions: [SessionNumber] = [2], groups: Int = 8,
            features: UInt64 = Introduction.parts | Introduction.codedGroups,
            suffix: String = "bin"
        ) throws {
            sample = try Sample(groups: [groups], suffix: suffix)
            blob = try #require(sample.files.keys.first)
            for session in sessions {
                driver.open(session, UInt8(session))
                driver.introduce(session, features: features)
            }
            _ = driver.describe(sample, from: sessions, seeds: sessions.map { UInt8($0) })
            take(driver.serve(blob, of: sample, from: sessions))
            for session in sessions { take(driver.hear(session, .seekers(layer: sample.id, []))) }
        }

        mutating func take(_ effects: [Effect]) {
            asked += effects.requests
            for effect in effects {
                switch effect {
                case .send(let session, .cancel(let number)):
                    asked.removeAll { $0.session == session && $0.request.request == number }
                case .dropParts(_, let group):
                    dropped.append(group)
                    shelf[group] = nil
                case .completeBlob: completed = true
                default: break
                }
            }
        }

        /// The next that a session was asked for comes after a while: its request.
        @discardableResult
        mutating func deliver(
            _ session: SessionNumber = 2, after span: UInt64 = pause
        ) -> GroupRequest? {
            guard let index = asked.firstIndex(where: { $0.session == session }) else { return nil }
            let request = asked.remove(at: index).request
            driver.time += span
            take(driver.feed(arrival(of: request, over: session)))
            return request
        }

        mutating func arrival(of request: GroupRequest, over session: SessionNumber) -> Input {
            guard let part = request.part(size: sample.files[blob]?.size ?? 0) else {
                shelf[request.group] = nil
                return .groupStored(session, request: request.request, byteCount: 1 << 20)
            }
            shelf[request.group, default: LeafSet()].formUnion(LeafSet(part.leaves))
            let (bytes, wire) = (UInt64(part.byteRange.count), UInt64(part.byteCount))
            guard shelf[request.group] == LeafSet(0..<64) else {
                return .partKept(session, request: request.request, byteCount: bytes, wire: wire)
            }
            shelf[request.group] = nil
            return .groupStored(session, request: request.request, byteCount: bytes, wire: wire)
        }

        /// A connection breaks, and another to the same peer stands.
        mutating func breakOff(_ session: SessionNumber, then next: SessionNumber) {
            asked.removeAll { $0.session == session }
            take(driver.feed(.sessionClosed(session, reason: "reset")))
            take(driver.open(next, UInt8(session % 10)))
            take(driver.introduce(next, features: Introduction.parts))
            take(
                driver.hear(
                    next, .holding(Holding(layer: sample.id, blob: blob, extent: .complete))))
        }

        var download: Download? { driver.core.downloads[blob] }
        var received: UInt64 { driver.core.fetches[1]?.status.received ?? 0 }
    }

    @Test func `the first group of a far peer comes in parts and shows its pace`() throws {
        var slow = try Fetching()
        let first = slow.asked.map(\.request)
        #expect(first.prefix(8).map(\.firstLeaf) == [0, 8, 16, 24, 32, 40, 48, 56])
        #expect(first.prefix(8).allSatisfy { $0.isPart && $0.leafCount == 8 })
        #expect(first.dropFirst(8).allSatisfy { $0.isWhole } && first.count > 8)
        slow.deliver()
        // What it would bring in seconds is taken back.
        #expect(slow.asked.allSatisfy { $0.request.isPart } && slow.asked.count <= 3)
        #expect(slow.received == Self.partBytes)
        var fast = try Fetching()
        for _ in 0..<8 { fast.deliver(after: 8 * Span.millisecond) }
        #expect(fast.asked.allSatisfy { $0.request.isWhole })
        #expect(fast.download?.parts.isEmpty == true && fast.download?.has(0) == true)
    }

    @Test func `below 1 Mbit per second parts are half as long`() throws {
        var fetching = try Fetching()
        fetching.deliver(after: 2 * Span.second)
        for _ in 0..<6 { fetching.deliver(after: 2 * Span.second) }
        #expect(fetching.asked.allSatisfy { $0.request.leafCount == 4 })
    }

    @Test func `parts outlive the connections that brought them`() throws {
        var fetching = try Fetching(groups: 2)
        var bytes: UInt64 = 0
        var session: SessionNumber = 2
        for _ in 0..<12 where !fetching.completed {
            for _ in 0..<4 {
                guard let request = fetching.deliver(session) else { break }
                #expect(request.isPart)
                bytes += request.leafCount * UInt64(HashTree.leafBytes)
            }
            if !fetching.completed { fetching.breakOff(session, then: session + 10) }
            session += 10
        }
        #expect(fetching.completed && bytes == 2 << 20 && fetching.received == 2 << 20)
        #expect(fetching.shelf.isEmpty && fetching.dropped.isEmpty)
    }

    @Test func `a part that comes although its connection is given up counts`() throws {
        var fetching = try Fetching()
        fetching.deliver()
        let late = try #require(fetching.asked.first?.request)
        fetching.driver.time += 40 * Span.second
        fetching.take(fetching.driver.pass(200 * Span.millisecond))
        #expect(fetching.driver.core.requests[late.request] == nil)
        let before = fetching.received
        fetching.take(fetching.driver.feed(fetching.arrival(of: late, over: 2)))
        #expect(fetching.received == before + Self.partBytes)
        #expect(fetching.download?.parts[late.group]?.here.count == 16)
    }

    @Test func `slow peers share a group, each is asked for other leaves`() throws {
        var fetching = try Fetching([2, 3, 4], groups: 12)
        for _ in 0..<10 {
            for session in [2, 3, 4] as [SessionNumber] {
                fetching.deliver(session, after: Self.pause / 3)
            }
        }
        var leaves: [UInt64: LeafSet] = fetching.shelf
        for (_, request) in fetching.asked {
            let part = try #require(request.part(size: 12 << 20))
            let set = LeafSet(part.leaves)
            #expect(leaves[request.group]?.overlaps(set) != true)
            leaves[request.group, default: LeafSet()].formUnion(set)
        }
        #expect(fetching.download?.parts.count ?? 99 <= 4)
    }

    @Test func `a wrong part is blamed on who sent it, and asked of another`() throws {
        var fetching = try Fetching([2, 3])
        for session in [2, 3] as [SessionNumber] { fetching.deliver(session) }
        let bad = try #require(fetching.asked.first { $0.session == 2 }?.request)
        let here = fetching.shelf
        fetching.asked.removeAll { $0.session == 2 }
        fetching.take(fetching.driver.feed(.groupRefuted(2, request: bad.request)))
        let fault = try #require(fetching.driver.core.fetches[1]?.faults.first)
        #expect(fault.node == Driver.key(2).publicKey && fault.group == bad.group)
        #expect(fetching.driver.core.bans[Driver.key(3).publicKey] == nil)
        #expect(fetching.shelf == here, "what came before stays")
        for _ in 0..<80 where !fetching.completed {
            let next = fetching.asked.first?.session
            #expect(next == 3)
            fetching.deliver(3)
        }
        #expect(fetching.completed && fetching.received == 8 << 20)
    }

    @Test func `a peer that knows no parts brings whole what was begun in parts`() throws {
        var fetching = try Fetching(groups: 2)
        fetching.deliver()
        fetching.asked.removeAll { $0.session == 2 }
        fetching.take(fetching.driver.feed(.sessionClosed(2, reason: "reset")))
        fetching.take(fetching.driver.open(3, 3))
        fetching.take(fetching.driver.introduce(3))
        fetching.take(
            fetching.driver.feed(.holdersFound(1, fetching.sample.holders([2, 3]))))
        fetching.take(
            fetching.driver.hear(
                3,
                .holding(
                    Holding(layer: fetching.sample.id, blob: fetching.blob, extent: .complete))))
        for _ in 0..<4 where !fetching.completed {
            let request = fetching.deliver(3)
            #expect(request?.isWhole != false)
        }
        #expect(fetching.completed && fetching.received == 2 << 20)
    }

    @Test func `coded groups are asked for whole, unless the connection breaks`() throws {
        var fetching = try Fetching(suffix: "safetensors")
        for _ in 0..<3 { fetching.deliver() }
        #expect(fetching.asked.contains { $0.request.accepts != nil })
        fetching.breakOff(2, then: 12)
        #expect(!fetching.asked.isEmpty && fetching.asked.allSatisfy { $0.request.isPart })
    }

    @Test func `no more groups are in parts than the shell has room for`() throws {
        var sessions: [SessionNumber] = []
        for number in 2..<40 as Range<SessionNumber> { sessions.append(number) }
        let fetching = try Fetching(sessions, groups: 120)
        #expect(fetching.download?.parts.count ?? 99 <= PartLimits.groupsMax)
        #expect(fetching.driver.core.requests.count <= SwarmLimits.requestsMax)
    }

    @Test func `a part that could not be kept is asked for again`() throws {
        var fetching = try Fetching()
        let lost = try #require(fetching.asked.first?.request)
        fetching.asked.removeFirst()
        fetching.take(fetching.driver.feed(.partLost(2, request: lost.request)))
        fetching.take(fetching.driver.pass(200 * Span.millisecond))
        for _ in 0..<80 where !fetching.completed { fetching.deliver() }
        #expect(fetching.completed && fetching.received == 8 << 20)
    }

    // MARK: The other side

    @Test func `a part is served where the group has such leaves`() throws {
        let sample = try Sample(by: 1, groups: [2])
        let blob = try #require(sample.files.keys.first)
        var driver = Driver()
        driver.feed(.layerHeld(sample.held))
        driver.open(2, 2)
        driver.introduce(2, features: Introduction.parts)
        func asks(_ group: UInt64, _ leaves: Range<Int>, _ number: UInt64) -> [Effect] {
            driver.hear(
                2,
                .get(
                    GroupRequest(
                        request: number, layer: sample.id, blob: blob, group: group,
                        leaves: leaves)))
        }
        let served = asks(1, 56..<64, 1).contains { effect in
            if case .serveGroup(2, let request) = effect { request.isPart } else { false }
        }
        #expect(served)
        let refused = asks(2, 0..<8, 2).sent(to: 2).contains { message in
            if case .reject = message { true } else { false }
        }
        #expect(refused)
    }
}
