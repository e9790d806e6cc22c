import Foundation
import Genome
import Host
import Testing
import Wire

/// One home with the commands that work on it, and the node that may run on it.
final class TestNode {
    /// What the test calls it.
    let name: String
    /// The home folder.
    let home: String
    private let folder: String
    private(set) var process: Program?
    /// What it said when it was ready.
    private(set) var ready: JSONValue = .null

    init(_ name: String, home: String, in folder: String) {
        self.name = name
        self.home = home
        self.folder = folder
    }

    /// The key, once it ran.
    var key: String { ready["node"]?.string ?? "" }

    /// What others need to meet it.
    var ticket: String { ready["ticket"]?.string ?? "" }

    /// Its port on loopback.
    var port: UInt16 {
        let text = ready["peer"]?.string ?? ""
        return Address(text)?.port ?? 0
    }

    /// What the running node wrote about its troubles.
    var log: String { process?.error ?? "" }

    /// Whether the node runs.
    var isRunning: Bool { process?.isRunning ?? false }

    // MARK: The node

    /// Starts the node and waits for its ready line.
    func start(
        _ options: [String] = [], through wrapper: [String] = [], isOnLan: Bool = false
    ) throws {
        let process = try begin(options, through: wrapper, isOnLan: isOnLan)
        let end = Clock.monotonic() + 20_000_000_000
        while !process.out.contains("\n") {
            guard process.isRunning, Clock.monotonic() < end else {
                Issue.record("node \(name) is not ready: \(process.out) \(process.error)")
                throw SystemError("run", home, code: EIO)
            }
            usleep(5000)
        }
        ready = Outcome(code: 0, out: process.out, error: "").json
        try #require(ready["event"]?.string == "ready")
    }

    /// Starts `plasmid run` without waiting for anything. Beacons may leave in a network of the
    /// test's own only: `wrapper` leads there.
    @discardableResult
    func begin(
        _ options: [String] = [], through wrapper: [String] = [], isOnLan: Bool = false
    ) throws -> Program {
        try #require(!isRunning)
        try #require(!isOnLan || wrapper.contains("nsenter"))
        let listen = options.contains("--listen") ? [] : ["--listen", "127.0.0.1:0"]
        let process = try spawn(
            ["run", "--json"] + (isOnLan ? [] : ["--no-lan"]) + listen + options, through: wrapper)
        self.process = process
        return process
    }

    /// Asks the node to end and waits until it has, cleanly.
    func stop(location: SourceLocation = #_sourceLocation) {
        guard let process, process.isRunning else {
            Issue.record("node \(name) does not run: \(log)", sourceLocation: location)
            return
        }
        process.signal(SIGTERM)
        let outcome = process.wait(seconds: 20)
        #expect(outcome.code == 0, "\(name): \(outcome.error)", sourceLocation: location)
    }

    /// Ends the node as a power cut ends it.
    func kill() {
        guard let process, process.isRunning else { return }
        process.signal(SIGKILL)
        process.wait(seconds: 20)
    }

    // MARK: Commands

    /// Starts a command on this home.
    func spawn(
        _ words: [String], through wrapper: [String] = [],
        environment: [String: String?] = [:]
    ) throws -> Program {
        let line = wrapper + [Laboratory.binary] + words
        var settings = environment
        settings["PLASMID_HOME"] = home
        return try Program(
            line[0], Array(line.dropFirst()), in: folder, environment: settings)
    }

    /// Does a command on this home and gives what it said, in JSON.
    @discardableResult
    func run(_ words: String..., seconds: Double = 60) throws -> Outcome {
        try spawn(words + ["--json"]).wait(seconds: seconds)
    }

    /// Does a command that must work and gives its JSON.
    @discardableResult
    func ask(_ words: String..., location: SourceLocation = #_sourceLocation) throws -> JSONValue {
        let outcome = try spawn(words + ["--json"]).wait()
        try #require(
            outcome.code == 0, "\(name) \(words): \(outcome.out) \(outcome.error)",
            sourceLocation: location)
        #expect(outcome.error.isEmpty, "\(outcome.error)", sourceLocation: location)
        return outcome.json
    }

    /// Does a command that must fail: exit code, code of the error, and one line for people.
    @discardableResult
    func refused(
        _ code: String, exit: Int32 = 1, _ words: String...,
        location: SourceLocation = #_sourceLocation
    ) throws -> String {
        let outcome = try spawn(words + ["--json"]).wait()
        let said: Comment = "\(name) \(words): \(outcome.out) \(outcome.error)"
        #expect(outcome.code == exit, said, sourceLocation: location)
        #expect(outcome.failure == code, said, sourceLocation: location)
        #expect(outcome.errorLines.count == 1, said, sourceLocation: location)
        for name in ["code", "message", "why", "do"] {
            #expect(outcome.json["error"]?[name]?.string != nil, said, sourceLocation: location)
        }
        return outcome.words
    }

    /// Shares a folder as a public layer of its own and gives the answer.
    func share(
        _ path: String, _ options: [String] = [],
        location: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        var words = ["share", path]
        if !options.contains("--visibility") { words += ["--visibility", "public"] }
        if !options.contains("--licence") { words += ["--licence", "Apache-2.0"] }
        if !options.contains("--type") { words += ["--type", "memory"] }
        let outcome = try spawn(words + options + ["--json"]).wait()
        try #require(
            outcome.code == 0, "\(name): \(outcome.out) \(outcome.error)",
            sourceLocation: location)
        return outcome.json
    }

    /// Waits until the node is in contact with another.
    func meets(_ other: TestNode, location: SourceLocation = #_sourceLocation) throws {
        try Laboratory.eventually("\(name) meets \(other.name): \(log)", location: location) {
            let peers = try run("peers").json["peers"]?.array ?? []
            return peers.contains { $0["node"]?.string == other.key }
        }
    }

    /// The file of a complete blob.
    func object(_ blob: String) -> String {
        "\(home)/store/obj/\(blob.prefix(2))/\(blob.dropFirst(2).prefix(2))/\(blob)"
    }
}
