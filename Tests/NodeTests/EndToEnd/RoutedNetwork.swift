import Foundation
import Host
import Testing

/// A network of this test's own with an outside and laboratories behind routers that do
/// masquerading: the switch of a `LocalNetwork` is the outside, on which every address is on the
/// line.
final class RoutedNetwork {
    /// What a router does.
    enum Kind {
        /// One outside port for an inside port; lets in only what was called.
        case cone
        /// Another outside port for each call.
        case symmetric
    }

    private let network: LocalNetwork
    private let laboratory: Laboratory
    private var inner = 0

    /// Why there can be none here; nil where there can.
    static let missing: String? = {
        if let missing = LocalNetwork.missing { return missing }
        do {
            let network = try RoutedNetwork(try Laboratory())
            _ = try network.machine(behind: .symmetric)
            return nil
        } catch {
            return "nftables is missing or cannot masquerade: \(error)"
        }
    }()

    init(_ laboratory: Laboratory) throws {
        self.laboratory = laboratory
        network = try LocalNetwork(in: laboratory.path)
    }

    /// A machine of the outside, in a part of the network of its own; what enters it.
    func open() throws -> [String] {
        let number = try network.machine()
        try attach(number, "\(80 + number).\(number).0.1")
        return network.enter(number)
    }

    private func attach(_ number: Int, _ address: String) throws {
        try network.configure("addr add \(address)/32 dev eth0", on: number)
        try network.configure("route add default dev eth0", on: number)
    }

    /// A machine behind a router of its own; what enters it.
    func machine(behind kind: Kind) throws -> [String] {
        let router = try network.machine()
        try attach(router, "\(80 + router).\(router).0.1")
        let machine = try network.machine(behind: router)
        inner += 1
        let lan = "192.168.\(inner)"
        try network.configure("addr add \(lan).1/24 dev lan", on: router)
        try network.configure("link set lan up", on: router)
        try network.configure("addr add \(lan).2/24 dev eth0", on: machine)
        try network.configure("route add default via \(lan).1", on: machine)
        let forward = "echo 1 > /proc/sys/net/ipv4/ip_forward"
        try run(network.enter(router) + ["/bin/sh", "-c", forward])
        let rules = try laboratory.write("router-\(router).nft", Self.rules(kind))
        try run(network.enter(router) + ["/usr/sbin/nft", "-f", rules])
        return network.enter(machine)
    }

    private func run(_ line: [String]) throws {
        let outcome = try Program(line[0], Array(line.dropFirst()), in: laboratory.path)
            .wait(seconds: 10)
        guard outcome.code == 0 else {
            throw SystemError("router", outcome.error + outcome.out, code: EPERM)
        }
    }

    private static func rules(_ kind: Kind) -> String {
        """
        table ip nat {
          chain out {
            type nat hook postrouting priority 100;
            oifname "eth0" masquerade\(kind == .symmetric ? " fully-random" : "")
          }
        }
        table ip filter {
          chain local {
            type filter hook input priority 0;
            iifname "eth0" ct state established,related accept
            iifname "eth0" drop
          }
          chain through {
            type filter hook forward priority 0;
            ct state established,related accept
            iifname "lan" accept
            drop
          }
        }

        """
    }
}
