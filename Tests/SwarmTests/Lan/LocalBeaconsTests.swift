import Testing

@testable import Swarm
@testable import Wire

/// A node's beacons in a time of the test's choosing, on the network 192.168.1.0/24.
struct LanDriver {
    static let network = BeaconNetwork(id: Blake3.hash([1]))
    static let other = BeaconNetwork(id: Blake3.hash([2]))
    static let interface = LanInterfaceTests.interface([192, 168, 1, 1])

    var core: LocalBeacons
    var now: UInt64 = 7 * Span.second

    init(interfaces: [LanInterface] = [Self.interface]) {
        let identity = LocalBeacons.Identity(
            tag: Self.tag(0), network: Self.network,
            listener: LanInterfaceTests.endpoint([0, 0, 0, 0], port: 4_000))
        core = LocalBeacons(identity, seed: 3)
        core.surveyed(interfaces, at: now)
    }

    static func tag(_ number: Int) -> BeaconTag {
        let bytes = (0..<16).map { UInt8(truncatingIfNeeded: $0 < 8 ? number >> ($0 * 8) : 0) }
        guard let tag = BeaconTag(bytes: bytes) else { preconditionFailure("16 bytes") }
        return tag
    }

    static func beacon(
        _ number: Int, port: UInt16 = 4_747, isAnswer: Bool = false,
        in network: BeaconNetwork = network
    ) -> [UInt8] {
        Beacon(tag: tag(number), port: port, isAnswer: isAnswer).bytes(in: network)
    }

    /// What is done on hearing these bytes from a machine of the network.
    mutating func hear(
        _ bytes: [UInt8], from source: [UInt8] = [192, 168, 1, 9], interface: UInt32 = 2,
        isMet: Bool = false, sessions: Int = 0
    ) -> [LocalBeacons.Effect] {
        let source = LanInterfaceTests.endpoint(source, port: 4_747)
        guard let heard = core.read(bytes, from: source, arrivedBy: interface) else { return [] }
        return core.take(heard, isMet: isMet, sessions: sessions, at: now)
    }

    /// Lets time pass; gives what was done and when.
    mutating func pass(_ span: UInt64) -> [(at: UInt64, effect: LocalBeacons.Effect)] {
        let end = now + span
        var done: [(UInt64, LocalBeacons.Effect)] = []
        while core.deadline <= end {
            now = max(now, core.deadline)
            done += core.wake(at: now).map { (now, $0) }
        }
        now = end
        return done
    }

    func dropped(_ reason: LanCounters.Drop) -> UInt64 { core.counters.dropped[reason] ?? 0 }
}

extension [LocalBeacons.Effect] {
    var dials: [Endpoint] { compactMap { if case .dial(let place) = $0 { place } else { nil } } }
    var logs: [String] { compactMap { if case .log(let text) = $0 { text } else { nil } } }
}

@Suite struct LocalBeaconsTests {
    @Test func `beacons leave after 1, 2, 4 … 30 seconds with jitter, surveys each 5`() throws {
        var lan = LanDriver()
        let start = lan.now
        let done = lan.pass(300 * Span.second)
        let sent = done.compactMap { if case .send = $0.effect { $0.at } else { nil } }
        #expect(try #require(sent.first) - start < LanLimits.answerDelay)
        let pauses = zip(sent, sent.dropFirst()).map { $1 - $0 }
        for (pause, seconds) in zip(pauses, [1, 2, 4, 8, 16, 30, 30, 30] as [UInt64]) {
            let span = seconds * Span.second
            #expect((span..<span + span / 4).contains(pause), "\(pause) for \(seconds) s")
        }
        #expect(pauses.count >= 8 && Set(pauses).count == pauses.count)
        let surveys = done.count { $0.effect == .survey }
        #expect((59...62).contains(surveys))
        for case .send(let bytes, let interface) in done.map(\.effect) {
            let beacon = try Beacon(bytes: bytes, in: LanDriver.network)
            #expect(beacon == Beacon(tag: LanDriver.tag(0), port: 4_000, isAnswer: false))
            #expect(interface == LanDriver.interface)
        }
    }

    @Test func `a new interface begins with the shortest pause, one that is gone is left out`() {
        var lan = LanDriver()
        _ = lan.pass(100 * Span.second)
        let radio = LanInterfaceTests.interface([10, 0, 0, 3], number: 5, name: "wlan0")
        lan.core.surveyed([LanDriver.interface, radio], at: lan.now)
        let sent = lan.pass(Span.second).compactMap {
            if case .send(_, let interface) = $0.effect { interface.name } else { nil }
        }
        #expect(sent == ["eth0", "wlan0"])
        lan.core.surveyed([radio], at: lan.now)
        #expect(lan.core.interfaces == [radio])
        let later = lan.pass(10 * Span.second).filter { $0.effect != .survey }
        #expect(later.count >= 2)
        lan.core.surveyed([], at: lan.now)
        #expect(lan.pass(100 * Span.second).allSatisfy { $0.effect == .survey })
    }

    @Test func `no more addresses than a bound, and only private ones that are listened at`() {
        let many = (0..<40).map { LanInterfaceTests.interface([10, 0, UInt8($0), 1]) }
        var lan = LanDriver(interfaces: many)
        #expect(lan.core.interfaces.count == LanLimits.interfacesMax)
        let six = [0xfe, 0x80] + [UInt8](repeating: 0, count: 13) + [1]
        lan.core.surveyed(
            [LanInterfaceTests.interface([8, 8, 8, 8]), LanInterfaceTests.interface(six)],
            at: lan.now)
        #expect(lan.core.interfaces.isEmpty)
    }

    @Test func `who is new is dialled at once and answered within 200 ms, once`() throws {
        var lan = LanDriver(interfaces: [LanDriver.interface])
        _ = lan.pass(Span.second)
        let place = LanInterfaceTests.endpoint([192, 168, 1, 9], port: 4_747)
        #expect(lan.hear(LanDriver.beacon(1)) == [.dial(place)])
        #expect(lan.hear(LanDriver.beacon(1)).isEmpty)
        let answers = lan.pass(LanLimits.answerDelay).compactMap {
            if case .answer(let bytes, let target, let interface) = $0.effect {
                (bytes, target, interface)
            } else {
                nil
            }
        }
        let answer = try #require(answers.first)
        #expect(answers.count == 1 && answer.1 == place && answer.2 == 2)
        #expect(answer.0.count <= LanDriver.beacon(1).count)
        #expect(try Beacon(bytes: answer.0, in: LanDriver.network).isAnswer)
        #expect(lan.core.counters.answered == 1 && lan.core.counters.dialled == 1)
    }

    @Test func `an answer is dialled and not answered, a peer is neither`() {
        var lan = LanDriver()
        _ = lan.pass(Span.second)
        #expect(lan.hear(LanDriver.beacon(1, isAnswer: true)).dials.count == 1)
        #expect(lan.hear(LanDriver.beacon(2), from: [192, 168, 1, 8], isMet: true).isEmpty)
        _ = lan.pass(Span.second)
        #expect(lan.core.counters.answered == 0)
    }

    @Test func `own, foreign, other networks' and broken datagrams are dropped and counted`() {
        var lan = LanDriver()
        #expect(lan.hear(LanDriver.beacon(0)).isEmpty && lan.dropped(.own) == 1)
        for source: [UInt8] in [
            [8, 8, 8, 8], [192, 168, 2, 9], [127, 0, 0, 1], [100, 64, 0, 1],
        ] {
            #expect(lan.hear(LanDriver.beacon(1), from: source).isEmpty)
        }
        #expect(lan.hear(LanDriver.beacon(1), interface: 3).isEmpty && lan.dropped(.foreign) == 5)
        #expect(lan.hear(LanDriver.beacon(1, in: LanDriver.other)).isEmpty)
        #expect(lan.dropped(.otherNetwork) == 1)
        #expect(
            lan.hear([]).isEmpty && lan.hear([1, 2, 3]).isEmpty && lan.dropped(.malformed) == 2)
        var newer = LanDriver.beacon(1)
        newer[4] = 2
        #expect(lan.hear(newer).isEmpty && lan.dropped(.otherVersion) == 1)
        #expect(lan.core.counters.heard == 10 && lan.core.counters.dialled == 0)
    }

    @Test func `a storm of 100,000 senders takes bounded room, dials and answers`() {
        let wide = LanInterfaceTests.interface([10, 0, 0, 1], bits: 8)
        var lan = LanDriver(interfaces: [wide])
        let end = lan.now + 60 * Span.second
        var (dials, answers) = (0, 0)
        for number in 1...100_000 {
            lan.now += 600_000
            let source = (0..<3).map { UInt8(truncatingIfNeeded: number >> (16 - $0 * 8)) }
            dials += lan.hear(LanDriver.beacon(number), from: [10] + source).dials.count
            answers += lan.core.wake(at: lan.now).count {
                if case .answer = $0 { true } else { false }
            }
        }
        #expect(lan.now == end)
        #expect((16...28).contains(dials), "\(dials)")
        #expect((30...60).contains(answers), "\(answers)")
        #expect(lan.core.machineCount <= 2 * LanLimits.machinesMax)
        #expect(lan.core.counters.spared > 190_000)
    }

    @Test func `one machine that tells of every port is dialled at eight of them`() {
        var lan = LanDriver()
        var dials = 0
        for port in 1...UInt16(2_000) {
            dials += lan.hear(LanDriver.beacon(Int(port), port: port)).dials.count
        }
        #expect(dials == LanLimits.portsPerMachineMax)
        #expect(lan.dropped(.crowded) == 2_000 - UInt64(LanLimits.portsPerMachineMax))
    }

    @Test func `a node that is not met is dialled after growing pauses, not at each beacon`() {
        var lan = LanDriver()
        var dials: [UInt64] = []
        for second in 0..<UInt64(600) {
            if !lan.hear(LanDriver.beacon(1)).dials.isEmpty { dials.append(second) }
            lan.now += Span.second
        }
        #expect(dials == [0, 10, 30, 70, 150, 310])
    }

    @Test func `with enough sessions a found node is dialled now and then only`() {
        var lan = LanDriver()
        var dials = 0
        for number in 1...120 {
            let bytes = LanDriver.beacon(number)
            let isDialled = !lan.hear(
                bytes, from: [192, 168, 1, UInt8(number)], sessions: LanLimits.sessionsEnough
            ).dials.isEmpty
            dials += isDialled ? 1 : 0
            lan.now += Span.second
        }
        #expect(dials == 2)
    }

    @Test func `lasting trouble of an interface is told once for each cause`() {
        var lan = LanDriver()
        func sent(_ failure: String?) -> [LocalBeacons.Effect] {
            lan.core.sent(over: LanDriver.interface, failure: failure)
        }
        #expect(sent("Network is down").isEmpty)
        #expect(
            sent("Network is down").logs.first?.hasPrefix("no beacon leaves over eth0: Net") == true
        )
        #expect(sent("Network is down").isEmpty && lan.core.troubles["eth0"] == "Network is down")
        #expect(sent(nil).isEmpty && lan.core.troubles.isEmpty)
        #expect(lan.core.lastFailure == "eth0: Network is down")
        #expect(sent("Network is down").isEmpty && sent("Network is down").isEmpty)
        #expect(lan.core.counters.sent == 1 && lan.core.counters.failed == 5)
        for number in 0..<200 {
            _ = sent("cause \(number)")
            let isTold = !sent("cause \(number)").isEmpty
            #expect(isTold == (number < LanLimits.troublesMax - 1))
        }
        lan.core.surveyed([], at: lan.now)
        #expect(lan.core.troubles.isEmpty)
    }
}
