import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct JournalTests {
    private let key = Fixture.key(7)

    private func change(_ number: Int) -> JournalChange {
        .pin(layer: Blake3.hash([UInt8(number & 255), UInt8(number >> 8)]))
    }

    @Test func `events are numbered, durable and replayed in order`() throws {
        let layout = try Scratch().home().layout
        let changes: [JournalChange] = [
            .share(
                layer: Blake3.hash([1]),
                signatures: [Envelope.Entry(hint: "k", signature: key.sign([1]))]),
            .fetch(layer: Blake3.hash([2]), signatures: []), .pin(layer: Blake3.hash([1])),
            .unpin(layer: Blake3.hash([1])), .remove(layer: Blake3.hash([2])),
            .trust(key: key.publicKey, isTrusted: true), .policy(name: "quota", value: "5"),
        ]
        let head: SignedCheckpoint
        do {
            let journal = try Journal(layout, key: key)
            let events = try journal.append(changes, time: 42)
            #expect(events.map(\.sequence) == Array(1...7))
            head = journal.head
        }
        let journal = try Journal(layout, key: key)
        #expect(journal.head == head)
        #expect(try journal.replay(after: 0).map(\.change) == changes)
        #expect(try journal.replay(after: 5).map(\.sequence) == [6, 7])
        #expect(try journal.replay(after: 0).allSatisfy { $0.time == 42 })
    }

    @Test func `a torn tail is cut back to the last whole entry at every byte`() throws {
        let layout = try Scratch().home().layout
        do { _ = try Journal(layout, key: key).append([change(1), change(2)], time: 1) }
        let path = "\(layout.journal)/00000001.log"
        let whole = try File(path, .read).readAll(limit: 1 << 20)
        let second = 2 + Int(whole[0]) << 8 + Int(whole[1])
        for count in second..<whole.count {
            try Directory.removeFile(path)
            try File(path, .createNew).write(Array(whole[..<count]), offset: 0)
            let journal = try Journal(layout, key: key)
            #expect(journal.count == 1)
            #expect(try File.facts(of: path).size == UInt64(second))
            try Directory.removeFile("\(layout.journal)/checkpoint")
        }
        let journal = try Journal(layout, key: key)
        #expect(try journal.append([change(3)], time: 2).first?.sequence == 2)
    }

    @Test func `zeros behind the last entry, as a power failure leaves them, are cut`() throws {
        let layout = try Scratch().home().layout
        do { _ = try Journal(layout, key: key).append([change(1)], time: 1) }
        let path = "\(layout.journal)/00000001.log"
        let size = try File.facts(of: path).size
        try File(path, .write).write([UInt8](repeating: 0, count: 500), offset: size)
        #expect(try Journal(layout, key: key).count == 1)
        #expect(try File.facts(of: path).size == size)
    }

    /// Five long events, of which one write appended the last four; where its second entry lies.
    private func longJournal(_ layout: Layout, isSigned: Bool) throws -> (path: String, at: Int) {
        let long = (0..<4).map {
            JournalChange.policy(name: "p\($0)", value: String(repeating: "x", count: 3_000))
        }
        let journal = try Journal(layout, key: key)
        _ = try journal.append([change(1)], time: 1)
        _ = try journal.append(long, time: 1)
        if isSigned { try journal.checkpoint() }
        let path = "\(layout.journal)/00000001.log"
        let bytes = try File(path, .read).readAll(limit: 1 << 20)
        var at = 0
        for _ in 0..<2 { at += 2 + Int(bytes[at]) << 8 + Int(bytes[at + 1]) }
        return (path, at)
    }

    @Test func `pages of the last write that never reached the disk cost that write alone`() throws
    {
        let layout = try Scratch().home().layout
        let (path, second) = try longJournal(layout, isSigned: false)
        let size = try File.facts(of: path).size
        let sector = UInt64((second / 512 + 2) * 512)
        try File(path, .write).write([UInt8](repeating: 0, count: 512), offset: sector)
        let journal = try Journal(layout, key: key)
        #expect(journal.count == 2)
        #expect(journal.bytesCut == size - UInt64(second))
        #expect(try File.facts(of: path).size == UInt64(second))
        #expect(try journal.append([change(3)], time: 2).first?.sequence == 3)
        try journal.checkpoint()
        let again = try Journal(layout, key: key)
        #expect(again.head == journal.head && again.bytesCut == 0)
    }

    @Test func `the same hole in what is signed is damage`() throws {
        let layout = try Scratch().home().layout
        let (path, second) = try longJournal(layout, isSigned: true)
        let size = try File.facts(of: path).size
        let sector = UInt64((second / 512 + 2) * 512)
        try File(path, .write).write([UInt8](repeating: 0, count: 512), offset: sector)
        #expect(throws: StoreError.self) { try Journal(layout, key: key) }
        #expect(try File.facts(of: path).size == size)
    }

    @Test func `more than one write behind a fault is damage`() throws {
        let layout = try Scratch().home().layout
        let (path, second) = try longJournal(layout, isSigned: false)
        let size = try File.facts(of: path).size
        let hole = UInt64(JournalSegments.writeBytesMax)
        try File(path, .write).write([0], offset: size + hole)
        let error = #expect(throws: StoreError.self) { try Journal(layout, key: key) }
        #expect(error?.description.contains("at byte \(size)") == true)
        try File(path, .write).resize(to: size + hole)
        #expect(try Journal(layout, key: key).bytesCut == hole)
        #expect(try File.facts(of: path).size == size && UInt64(second) < size)
    }

    @Test func `a changed or missing entry is found, never cut off`() throws {
        let layout = try Scratch().home().layout
        do {
            let journal = try Journal(layout, key: key)
            _ = try journal.append((0..<5).map(change), time: 1)
        }
        let path = "\(layout.journal)/00000001.log"
        let size = try File.facts(of: path).size
        // No checkpoint covers it yet: what follows tells it from a write that was cut off.
        try Scratch.flip(path, at: 2)
        #expect(throws: StoreError.self) { try Journal(layout, key: key) }
        #expect(try File.facts(of: path).size == size)
        try Scratch.flip(path, at: 2)
        do { _ = try Journal(layout, key: key) }
        for offset in stride(from: 2, to: size, by: 31) {
            try Scratch.flip(path, at: offset)
            #expect(throws: StoreError.self, "byte \(offset)") { try Journal(layout, key: key) }
            #expect(try File.facts(of: path).size == size)
            try Scratch.flip(path, at: offset)
        }
        try File(path, .write).resize(to: size - 1)
        #expect(throws: StoreError.self) { try Journal(layout, key: key) }
        #expect(try File.facts(of: path).size == size - 1)
    }

    @Test func `an entry that the index applied is never cut off`() throws {
        let layout = try Scratch().home().layout
        do { _ = try Journal(layout, key: key).append((0..<3).map(change), time: 1) }
        let path = "\(layout.journal)/00000001.log"
        let size = try File.facts(of: path).size
        // A length that reaches beyond the file looks like a write that was cut off.
        try Scratch.flip(path, at: 0)
        #expect(throws: StoreError.self) { try Journal(layout, key: key, applied: 1) }
        #expect(try File.facts(of: path).size == size)
        #expect(try Journal(layout, key: key, applied: 0).bytesCut == size)
    }

    @Test func `a checkpoint of another key is refused`() throws {
        let layout = try Scratch().home().layout
        do { _ = try Journal(layout, key: key) }
        #expect(throws: StoreError.self) { try Journal(layout, key: Fixture.key(8)) }
    }

    @Test func `an independent program computes the same root from the files`() throws {
        let layout = try Scratch().home().layout
        let journal = try Journal(layout, key: key)
        for batch in 0..<3 {
            _ = try journal.append((0..<211).map { change($0 + batch * 211) }, time: 1)
        }
        try journal.checkpoint()
        let judge = Process()
        judge.executableURL = URL(filePath: "/usr/bin/env")
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Judges/journal_root.py").path
        judge.arguments = ["python3", script, layout.journal]
        let output = Pipe()
        judge.standardOutput = output
        try judge.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        judge.waitUntilExit()
        #expect(text == "633 \(journal.head.root.hexadecimal) tiles ok checkpoint ok\n")
    }

    @Test func `the worked example of the format description is what the program writes`() throws {
        let layout = try Scratch().home().layout
        let journal = try Journal(layout, key: key)
        _ = try journal.append([.pin(layer: Blake3.hash([]))], time: 1_800_000_000_000)
        _ = try journal.append(
            [.trust(key: key.publicKey, isTrusted: true)], time: 1_800_000_001_000)
        try journal.checkpoint()
        let root = "4eb896b344b98b9367de4e9463d351d338bdf5613bf814a55ce4e1e494250142"
        #expect(journal.head.root.hexadecimal == root)
        let bytes = try File("\(layout.journal)/checkpoint", .read).readAll(limit: 4096)
        let note = String(decoding: bytes, as: UTF8.self)
        #expect(
            note.hasSuffix(
                "WN9UwLdc4p/mwy3Zks86e1UBE/bhTewUgUfZqjUR7K9i7SGxqlopllSRP47TtBHTsrIYdtnPfChdVPAn"
                    + "CYZafmd8lAo=\n"))
        let tile = try File("\(layout.journal)/tile/0/000.p/2", .read).readAll(limit: 4096)
        #expect(tile.count == 64)
    }
}
