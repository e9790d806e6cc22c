import Host
import Swarm
import Testing
import Wire

@testable import Node

/// On loopback alone.
@Suite("The lane of datagrams")
struct DatagramLaneTests {
    private let network = BeaconNetwork(id: NetworkFile.standard.id)
    private let inputs = Lock([Input]())
    private let news = Semaphore()

    private func lane(_ text: String = "127.0.0.1:0") throws -> DatagramLane {
        try DatagramLane(bound: try #require(Address(text)), network: network)
    }

    private func start(_ lane: DatagramLane) throws {
        let (inputs, news) = (inputs, news)
        try lane.start(
            report: { input in
                inputs.withLock { $0.append(input) }
                news.signal()
            }, log: { _ in })
    }

    private func wait<Result>(_ find: ([Input]) -> Result?) throws -> Result {
        try Laboratory.wait(for: news) { find(inputs.withLock { $0 }) }
    }

    private func place(_ lane: DatagramLane) throws -> Endpoint {
        try #require(Endpoint(bytes: [127, 0, 0, 1], port: lane.port))
    }

    @Test func `what one lane seals the other opens, and nothing else`() throws {
        let (one, other) = (try lane(), try lane())
        try start(one)
        try start(other)
        other.post(.offer(9))
        let offer = try wait { inputs -> DatagramOffer? in
            for case .datagramsOffered(9, let offer) in inputs { return offer }
            return nil
        }
        #expect(offer.port == other.port)
        one.post(.use(4, offer))
        let (here, there) = (try place(one), try place(other))
        let stranger = try DatagramSocket(.four, port: 0)
        let target = try #require(Address(there))
        for bytes in [[1, 2, 3], [UInt8](repeating: 0xd1, count: 1_500), []] {
            try stranger.send(bytes, to: target, interface: 0)
        }
        one.post(.send(4, .ping(77), to: there))
        one.post(.send(5, .ping(78), to: there))
        let source = try wait { inputs -> Endpoint? in
            for case .datagram(9, .ping(77), let source) in inputs { return source }
            return nil
        }
        #expect(source == here)
        // They are told after each turn: strangers' in one before.
        Laboratory.eventually("all were counted") {
            other.counters.refusedCount == 3 && other.counters.received > 0
        }
        #expect(other.counters.received == 1 && other.counters.receivedBytes == 42)
        Laboratory.eventually("both were tried") {
            one.counters.sent == 1 && one.counters.failed == 1
        }
        other.post(.end(9))
        one.post(.send(4, .ping(79), to: there))
        Laboratory.eventually("no key is left") { other.counters[.unknownChannel] == 1 }
        for lane in [one, other] {
            lane.post(.stop)
            lane.join()
        }
    }

    @Test func `a stranger gets a cookie and no more for a question`() throws {
        let lane = try lane()
        try start(lane)
        let stranger = try DatagramSocket(.four, port: 0)
        let number = [UInt8](repeating: 8, count: 16)
        let question = ColdQuestion(number: number).bytes(in: network)
        let target = try #require(Address(try place(lane)))
        try stranger.send(question, to: target, interface: 0)
        let poller = try Poller()
        try poller.add(stranger.descriptor, token: 1, reads: true, writes: false)
        #expect(try poller.wait(milliseconds: 5000).count == 1)
        let answer = try #require(stranger.receive(limit: 2_000)).bytes
        guard case .cookie(number, _) = try ColdAnswer(answer, count: answer.count, in: network)
        else {
            Issue.record("\(answer)")
            return
        }
        #expect(answer.count == 50 && stranger.receive(limit: 9) == nil)
        lane.post(.stop)
        lane.join()
    }

    @Test func `the port is the listener's, another where it is taken or the beacons'`() throws {
        let first = try lane()
        #expect(try lane("127.0.0.1:\(first.port)").port != first.port)
        let free = try DatagramSocket(.four, port: 0).port()
        #expect(try lane("127.0.0.1:\(free)").port == free)
        #expect(try lane("127.0.0.1:\(Beacon.port)").port != Beacon.port)
    }
}
