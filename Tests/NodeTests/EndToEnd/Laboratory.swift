import Foundation
import Genome
import Host
import Testing
import Wire

/// A folder with homes, files and the nodes of one test; all of it ends with the test.
final class Laboratory {
    /// The folder, short enough for sockets.
    let path: String
    private var nodes: [TestNode] = []

    init() throws {
        var name = Array(("/tmp/pl-" + String(repeating: "X", count: 6)).utf8CString)
        let made = name.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) != nil }
        try #require(made)
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for node in nodes { node.kill() }
        _ = chmod(path, 0o700)
        try? Directory.removeTree(path)
    }

    /// The program under test: `PLASMID_BINARY`, else the one built beside these tests.
    static let binary: String = {
        if let path = ProcessInfo.processInfo.environment["PLASMID_BINARY"] { return path }
        let own = (try? Directory.readLink("/proc/self/exe")) ?? CommandLine.arguments[0]
        let beside = [own, CommandLine.arguments[0]].map {
            URL(fileURLWithPath: $0).deletingLastPathComponent().appending(path: "plasmid").path
        }
        return beside.first { FileManager.default.isExecutableFile(atPath: $0) } ?? beside[0]
    }()

    /// Whether tests that take minutes were asked for.
    static let isLong = ProcessInfo.processInfo.environment["PLASMID_LONG"] != nil

    /// A node with a home of its own that does not run yet.
    func node(_ name: String, home: String? = nil) -> TestNode {
        let node = TestNode(name, home: home ?? "\(path)/\(name)", in: path)
        nodes.append(node)
        return node
    }

    /// A running node that knows `others`.
    func running(
        _ name: String, joining others: [TestNode] = [], _ options: [String] = []
    ) throws -> TestNode {
        let node = node(name)
        try node.start(others.flatMap { ["--join", $0.ticket] } + options)
        return node
    }

    /// Waits until `condition` holds.
    static func eventually(
        _ what: Comment, seconds: Double = 20, location: SourceLocation = #_sourceLocation,
        _ condition: () throws -> Bool
    ) rethrows {
        let end = Clock.monotonic() + UInt64(seconds * 1e9)
        while try !condition() {
            if Clock.monotonic() > end {
                Issue.record(what, sourceLocation: location)
                return
            }
            usleep(20_000)
        }
    }

    // MARK: Files

    /// Bytes that differ everywhere.
    static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        // Without room of its own the array would write its count into storage that all share.
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { space, used in
            for index in stride(from: 0, to: count, by: 8) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                var word = state ^ state >> 29
                for place in index..<min(index + 8, count) {
                    space[place] = UInt8(truncatingIfNeeded: word)
                    word >>= 8
                }
            }
            used = count
        }
    }

    /// Writes a file and gives its path.
    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = "\(path)/\(name)"
        try Directory.create(String(file[..<(file.lastIndex(of: "/") ?? file.endIndex)]))
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// Writes a text file and gives its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        try write(name, Array(text.utf8))
    }

    /// A safetensors file of one tensor of `size` bytes, of which only the bits of `mask` differ.
    @discardableResult
    func writeTensors(
        _ name: String, size: Int, seed: UInt64 = 1, mask: UInt8 = 0xff
    ) throws -> String {
        var header = #"{"w":{"dtype":"U8","shape":[\#(size)],"data_offsets":[0,\#(size)]}}"#
        while header.utf8.count % 8 != 0 { header += " " }
        var writer = Writer(reserving: 8)
        writer.write(UInt64(header.utf8.count).byteSwapped)
        let start = writer.bytes + Array(header.utf8)
        let bytes = Self.bytes(size, seed: seed)
        return try write(name, start + (mask == 0xff ? bytes : bytes.map { $0 & mask }))
    }

    /// A folder of a text, a document and tensors of some MiB.
    func layerFolder(_ name: String, size: Int = 5 << 20, seed: UInt64 = 1) throws -> String {
        try write("\(name)/notes.txt", String(repeating: "One line of notes.\n", count: 2000))
        try write("\(name)/facts/meta.json", #"{"made":"for a test","seed":\#(seed)}"#)
        try writeTensors("\(name)/data.safetensors", size: size, seed: seed)
        return "\(path)/\(name)"
    }

    /// Whether two files hold the same bytes.
    static func areEqual(_ one: String, _ other: String) -> Bool {
        FileManager.default.contentsEqual(atPath: one, andPath: other)
    }

    /// Flips one bit of a file, also of a read-only one.
    static func flip(_ path: String, at offset: UInt64) throws {
        let facts = try File.facts(of: path)
        _ = chmod(path, 0o600)
        let file = try File(path, .write)
        var byte = try file.read(count: 1, offset: offset)
        byte[0] ^= 0x10
        try file.write(byte, offset: offset)
        _ = chmod(path, facts.mode)
    }
}
