import Foundation
import Host
import Testing

/// A network of this test's own: machines in network namespaces, wired to one switch. Nothing in it
/// can reach the machine it runs on, or the other way round. All of it goes with the test.
final class LocalNetwork {
    private let folder: String
    private let hub: Program
    private var machines: [Program] = []

    /// Why there can be none here; nil where there can.
    static let missing: String? = {
        guard let folder = try? Laboratory() else { return "no folder for them" }
        do {
            try LocalNetwork(in: folder.path).machine()
            return nil
        } catch {
            return "network namespaces are not permitted or iproute2 is missing: \(error)"
        }
    }()

    /// A switch with no machine yet.
    init(in folder: String) throws {
        self.folder = folder
        hub = try Program(
            "/usr/bin/env", ["unshare", "--user", "--map-root-user", "--net", "sleep", "600"],
            in: folder)
        let hub = hub
        try Self.wait { Self.isReady(hub) }
        try configure("link add switch type bridge")
        try configure("link set switch up")
    }

    deinit {
        for machine in machines + [hub] {
            machine.signal(SIGKILL)
            machine.wait(seconds: 10)
        }
    }

    /// A machine with a cable to the switch and no address of IPv4; gives its number.
    @discardableResult
    func machine() throws -> Int {
        let machine = try namespace()
        let port = "port\(machines.count)"
        try configure("link add \(port) type veth peer name eth0 netns \(machine.number)")
        try configure("link set \(port) master switch up")
        try configure("link set eth0 up", on: machines.count)
        try configure("link set lo up", on: machines.count)
        return machines.count
    }

    private func namespace() throws -> Program {
        let enter = ["nsenter", "-t", "\(hub.number)", "-U", "--preserve-credentials"]
        let machine = try Program(
            "/usr/bin/env", enter + ["unshare", "--net", "sleep", "600"], in: folder)
        machines.append(machine)
        try Self.wait { Self.isReady(machine) }
        return machine
    }

    /// A machine with a cable to another one, which has it as `lan`; gives its number.
    func machine(behind router: Int) throws -> Int {
        let machine = try namespace()
        try configure(
            "link add lan type veth peer name eth0 netns \(machine.number)", on: router)
        try configure("link set eth0 up", on: machines.count)
        try configure("link set lo up", on: machines.count)
        return machines.count
    }

    /// What starts a program on a machine; on the switch for 0.
    func enter(_ number: Int) -> [String] {
        let process = number == 0 ? hub.number : machines[number - 1].number
        return [
            "/usr/bin/env", "nsenter", "-t", "\(process)", "-U", "-n", "--preserve-credentials",
        ]
    }

    /// Does `ip` with these words.
    func configure(_ words: String, on number: Int = 0) throws {
        let line = enter(number) + ["ip"] + words.split(separator: " ").map { String($0) }
        let outcome = try Program(line[0], Array(line.dropFirst()), in: folder).wait(seconds: 10)
        guard outcome.code == 0 else {
            throw SystemError("ip", "\(words): \(outcome.error)", code: EPERM)
        }
    }

    /// Waits for a namespace; a program that may not make one ends at once.
    private static func wait(_ condition: () -> Bool) throws {
        for _ in 0..<400 {
            if condition() { return }
            usleep(5_000)
        }
        throw SystemError("unshare", code: EPERM)
    }

    /// Whether a program has its namespace with all that belongs to it: `unshare` starts `sleep`
    /// as the last thing it does.
    private static func isReady(_ program: Program) -> Bool {
        let name = try? String(
            contentsOfFile: "/proc/\(program.number)/comm", encoding: .utf8)
        return program.isRunning && name == "sleep\n"
    }
}
