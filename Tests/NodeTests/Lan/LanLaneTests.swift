import Host
import Swarm
import Testing
import Wire

@testable import Node

/// On loopback alone: nothing is sent to an interface.
@Suite("The lane of the local network")
struct LanLaneTests {
    private let inputs = Lock([Input]())
    private let news = Semaphore()

    private func started(_ lane: LanLane) throws {
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

    private func heard(_ inputs: [Input]) -> [(bytes: [UInt8], source: Endpoint, number: UInt32)] {
        inputs.compactMap { input in
            if case .beaconHeard(let bytes, let source, let number) = input {
                (bytes, source, number)
            } else {
                nil
            }
        }
    }

    @Test func `tells of the interfaces, and of each datagram where it came from`() throws {
        let lane = try LanLane(port: 0)
        try started(lane)
        lane.post(.survey)
        let found = try wait { inputs in
            for case .lanSurveyed(let found) in inputs { return found }
            return nil
        }
        let loopback = try #require(found.first { $0.address.bytes == [127, 0, 0, 1] })
        #expect(!loopback.reachesAll && loopback.prefixBits == 8)
        let stranger = try DatagramSocket(.four, port: 0)
        let port = try #require(lane.port)
        let target = try #require(Address("127.0.0.1:\(port)"))
        let long = [UInt8](repeating: 1, count: 999)
        for bytes in [[1, 2, 3], long] { try stranger.send(bytes, to: target, interface: 0) }
        let all = try wait { inputs in heard(inputs).count == 2 ? heard(inputs) : nil }
        #expect(all.map(\.bytes.count) == [3, Beacon.byteCount + 1])
        #expect(all[0].source == Endpoint(Address("127.0.0.1:\(try stranger.port())")!))
        #expect(all[0].number == loopback.number)
        lane.post(.answer([9], to: all[0].source, interface: loopback.number))
        let poller = try Poller()
        try poller.add(stranger.descriptor, token: 1, reads: true, writes: false)
        #expect(try poller.wait(milliseconds: 5000).count == 1)
        #expect(stranger.receive(limit: 9)?.bytes == [9])
        lane.post(.stop)
        lane.join()
    }

    @Test func `takes no more than it may of a flood, and hears others after it`() throws {
        let lane = try LanLane(port: 0)
        try started(lane)
        let stranger = try DatagramSocket(.four, port: 0)
        let port = try #require(lane.port)
        let target = try #require(Address("127.0.0.1:\(port)"))
        let begun = Clock.monotonic()
        for _ in 0..<20_000 { try? stranger.send([7], to: target, interface: 0) }
        // Counted first: what is taken between the two looks must not count against the lane.
        let taken = inputs.withLock { heard($0).count }
        let span = Clock.monotonic() - begun
        let most = 64 * (span / 20_000_000 + 2)
        #expect(taken <= most, "\(taken) in \(span / 1_000_000) ms")
        Laboratory.eventually("it hears others again") {
            try? stranger.send([8], to: target, interface: 0)
            return inputs.withLock { heard($0).contains { $0.bytes == [8] } }
        }
        lane.post(.stop)
        lane.join()
    }

    @Test func `says when a beacon could not leave`() throws {
        let lane = try LanLane(port: 0)
        try started(lane)
        let nowhere = LanInterface(
            number: 99_999, name: "none0",
            address: try #require(Endpoint(bytes: [192, 0, 2, 77], port: 0)), prefixBits: 24,
            reachesAll: true)
        lane.post(.send([1], over: nowhere))
        let failure = try wait { inputs in
            for case .beaconSent(nowhere, let failure) in inputs { return failure }
            return nil
        }
        #expect(!failure.isEmpty)
        lane.post(.stop)
        lane.join()
    }
}
