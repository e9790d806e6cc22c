import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Node

extension RealNodes {
    /// Machines of one laboratory that were told nothing of each other.
    @Suite(
        "Nodes of one local network", .serialized,
        .enabled(if: LocalNetwork.missing == nil, Comment(rawValue: LocalNetwork.missing ?? "")))
    struct BeaconTests {
        private let laboratory: Laboratory
        private let network: LocalNetwork

        init() throws {
            laboratory = try Laboratory()
            network = try LocalNetwork(in: laboratory.path)
        }

        /// A machine with an address of 192.168.77.0/24.
        private func machine() throws -> Int {
            let number = try network.machine()
            try network.configure("addr add 192.168.77.\(number)/24 dev eth0", on: number)
            return number
        }

        private func start(
            _ node: TestNode, on machine: Int, listen: String = "0.0.0.0:4747"
        ) throws {
            try node.start(["--listen", listen], through: network.enter(machine), isOnLan: true)
        }

        private func lan(_ node: TestNode) throws -> JSONValue {
            try #require(try node.ask("status")["lan"])
        }

        /// What doctor says of the local network.
        private func check(_ node: TestNode) throws -> JSONValue? {
            let checks = try node.ask("doctor")["checks"]?.array ?? []
            return checks.first { $0["name"]?.string == "local network" }
        }

        @Test func `meet with no ticket, and leave those of another network alone`() throws {
            let names = ["a", "b", "c"]
            let nodes = names.map { laboratory.node($0) }
            let (a, b, c) = (nodes[0], nodes[1], nodes[2])
            let machines = try nodes.map { _ in try machine() }
            _ = try c.ask("init")
            let id = NetworkFile.identifier(name: "elsewhere").hexadecimal
            try laboratory.write(
                "c/network.json", #"{"name":"elsewhere","id":"\#(id)","founders":[]}"#)
            try start(c, on: machines[2])
            try start(a, on: machines[0])
            let folder = try laboratory.layerFolder("layer", size: 1 << 20)
            let shared = try a.share(folder, ["--name", "found"])
            try start(b, on: machines[1])
            let begun = Clock.monotonic()
            try b.meets(a)
            let met = Double(Clock.monotonic() - begun) / 1e9
            #expect(met < 5, "they met after \(met) s")
            let found = try b.ask("find", "found", "--wait", "5")
            #expect(found["results"]?.array?.first?["layer"] == shared["layer"])
            let said = try lan(b)
            #expect(said["on"]?.bool == true && said["why"]?.isNull == true)
            #expect(
                said["interfaces"]
                    == .array([["name": "eth0", "address": .string("192.168.77.2")]]))
            #expect(try check(b)?["ok"]?.bool == true)
            try Laboratory.eventually("c heard them") {
                try lan(c)["dropped"]?["otherNetwork"]?.integer ?? 0 >= 2
            }
            #expect(try c.ask("peers")["peers"]?.array?.isEmpty == true)
            #expect(try a.ask("peers")["peers"]?.array?.count == 1)
            #expect(try lan(c)["dialled"]?.integer == 0)
            #expect(nodes.allSatisfy { $0.log.isEmpty }, "\(nodes.map(\.log))")
            for node in nodes { node.stop() }
        }

        @Test func `meet by IPv6 addresses of the link alone`() throws {
            let (a, b) = (laboratory.node("a"), laboratory.node("b"))
            let machines = [try network.machine(), try network.machine()]
            try start(a, on: machines[0], listen: "[::]:4747")
            try start(b, on: machines[1], listen: "[::]:4747")
            try b.meets(a)
            let peer = try #require(try b.ask("peers")["peers"]?.array?.first)
            #expect(peer["address"]?.string?.hasPrefix("[fe80::") == true, "\(peer)")
        }

        @Test func `meet on one machine, whose port they share`() throws {
            let (a, b) = (laboratory.node("a"), laboratory.node("b"))
            let here = try machine()
            try start(a, on: here)
            try start(b, on: here, listen: "0.0.0.0:0")
            try b.meets(a)
            #expect(a.log.isEmpty && b.log.isEmpty, "\(a.log)\(b.log)")
        }

        @Test func `meet when a cable is plugged in late`() throws {
            let (a, b) = (laboratory.node("a"), laboratory.node("b"))
            let (here, there) = (try machine(), try network.machine())
            try start(a, on: here)
            try start(b, on: there)
            #expect(try lan(b)["interfaces"]?.array?.isEmpty == true)
            let said = try check(b)?["detail"]?.string
            #expect(said?.contains("no interface has a private address") == true)
            try network.configure("addr add 192.168.77.9/24 dev eth0", on: there)
            try b.meets(a)
        }

        @Test func `a storm of beacons is answered with less than it is`() throws {
            let node = laboratory.node("a")
            let (here, there) = (try machine(), try machine())
            try start(node, on: here)
            for last in 100..<140 {
                try network.configure("addr add 192.168.77.\(last)/24 dev eth0", on: there)
            }
            let line =
                network.enter(there) + [
                    "python3", Judges.script("beacon_storm.py"), "192.168.77.\(here)",
                    NetworkFile.standard.id.hexadecimal,
                ] + (100..<140).map { "192.168.77.\($0)" }
            let storm = try Program(line[0], Array(line.dropFirst()), in: laboratory.path)
            let said = storm.wait(seconds: 60)
            try #require(said.code == 0, "\(said.error)")
            let sent = try #require(said.json["sent"]?["bytes"]?.integer)
            let received = try #require(said.json["received"]?["bytes"]?.integer)
            #expect(sent > 1_000_000 && received > 0 && received <= 40 * 60, "\(said.out)")
            #expect(said.json["longest"]?.integer == 40)
            let lan = try lan(node)
            let (heard, dialled) = (lan["heard"]?.integer ?? 0, lan["dialled"]?.integer ?? 99)
            #expect(heard > 100 && (1...24).contains(dialled), "\(lan)")
            #expect(lan["dropped"]?["malformed"]?.integer ?? 0 > 0, "\(lan)")
            #expect(node.isRunning && node.log.isEmpty, "\(node.log)")
            node.stop()
        }

        @Test func `a node that must not, or listens on loopback only, says nothing`() throws {
            let quiet = laboratory.node("quiet")
            let (here, there) = (try machine(), try machine())
            try quiet.start(["--listen", "0.0.0.0:4747"], through: network.enter(here))
            let alone = laboratory.node("alone")
            try start(alone, on: there, listen: "127.0.0.1:4747")
            #expect(try lan(quiet)["why"]?.string?.contains("--no-lan") == true)
            #expect(try lan(alone)["why"]?.string?.contains("loopback") == true)
            let talker = laboratory.node("talker")
            try start(talker, on: try machine())
            try Laboratory.eventually("it talks") { try lan(talker)["sent"]?.integer ?? 0 >= 3 }
            for node in [quiet, alone] {
                #expect(try lan(node)["on"]?.bool == false && lan(node)["heard"]?.integer == 0)
                #expect(try node.ask("peers")["peers"]?.array?.isEmpty == true)
                #expect(Self.ports(of: node) == [4748], "datagrams inside sessions only")
            }
            #expect(Self.ports(of: talker) == [4747, 4748])
        }

        /// Ports of UDP sockets of IPv4 in the namespace that a node runs in.
        private static func ports(of node: TestNode) -> Set<Int> {
            let path = "/proc/\(node.process?.number ?? 0)/net/udp"
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            let ports = text.split(separator: "\n").dropFirst().compactMap { line -> Int? in
                let words = line.split(separator: " ")
                return words.count > 1 ? Int(words[1].suffix(4), radix: 16) : nil
            }
            return Set(ports)
        }
    }
}
