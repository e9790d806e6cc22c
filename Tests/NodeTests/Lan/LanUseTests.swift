import Foundation
import Host
import Swarm
import Testing
import Wire

@testable import Node

@Suite("Whether a node is on the local network")
struct LanUseTests {
    private func use(_ bound: String, isWanted: Bool = true, port: UInt16 = 0) throws -> LanUse {
        LanUse.open(isWanted: isWanted, bound: try #require(Address(bound)), port: port)
    }

    @Test func `it is if the owner wants it and peers reach it`() throws {
        #expect(try use("0.0.0.0:4747").lane != nil)
        #expect(try use("[::]:4747").lane != nil)
        #expect(try use("0.0.0.0:4747", isWanted: false).why?.contains("--no-lan") == true)
        #expect(try use("127.0.0.1:4747").why == "this node listens on loopback only")
        #expect(try use("[::1]:4747").lane == nil)
        let alone = try #require(Address("127.0.0.1:1"))
        #expect(LanUse.interfaces(of: alone).isEmpty)
    }

    /// A UDP port of IPv4 that is not shared, as long as the socket is open.
    private func taken() throws -> (socket: Int32, port: UInt16) {
        let number = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
                bind(number, plain, size) == 0 && getsockname(number, plain, &size) == 0
            }
        }
        try #require(isBound)
        return (number, UInt16(bigEndian: address.sin_port))
    }

    @Test func `a port that is taken ends nothing, and the reason is kept`() throws {
        let other = try taken()
        defer { close(other.socket) }
        let half = try use("0.0.0.0:4747", port: other.port)
        if let lane = half.lane {
            let failure = try #require(lane.failures[.four])
            #expect(LanUse.words(failure).contains("another program has the UDP port"))
        } else {
            #expect(half.why?.contains("another program has the UDP port") == true)
        }
    }

    @Test func `words say what leaves over which interface and how to stop it`() throws {
        let one = LanInterface(
            number: 2, name: "eth0",
            address: try #require(Endpoint(bytes: [192, 168, 1, 5], port: 0)), prefixBits: 24,
            reachesAll: true)
        let link = [0xfe, 0x80] + [UInt8](repeating: 0, count: 13) + [7]
        let six = LanInterface(
            number: 2, name: "eth0",
            address: try #require(Endpoint(bytes: link, port: 0, zone: 1)),
            prefixBits: 64, reachesAll: true)
        let on = try use("0.0.0.0:4747")
        #expect(
            on.words([one, six])
                == "beacons on the local network (UDP 4747, --no-lan stops them) over "
                + "eth0 (192.168.1.5), eth0 (fe80::7).")
        #expect(on.words([]).contains("once an interface has a private address"))
        #expect(LanUse.off(why: "x").words([]) == "no beacon on the local network: x.")
        #expect(LanUse.failed(why: "x").words([]).contains("though it should: x."))
    }

    @Test func `each run has a tag of its own`() throws {
        let bound = try #require(Address("0.0.0.0:4747"))
        #expect(LanUse.identity(.standard, bound: bound) != nil)
        #expect(LanUse.identity(.standard, bound: try #require(Address("0.0.0.0:0"))) == nil)
    }
}
