import Foundation
import Genome
import Testing

@testable import Store

@Suite("A memory")
struct MemoryDatabaseTests {
    private func record(_ text: String, _ importance: Double = 0.5, time: Int64? = nil)
        -> MemoryRecord
    {
        MemoryRecord(text: text, importance: importance, time: time)
    }

    private func texts(_ memory: MemoryDatabase) throws -> [String] {
        try memory.newest(100).map(\.text)
    }

    @Test func `keeps what it was given, and in its file`() throws {
        let scratch = Scratch()
        let path = "\(scratch.path)/memory/a.db"
        do {
            let memory = try MemoryDatabase(path, MemoryLimits())
            #expect(try !memory.isFilled())
            try memory.fill([record("a", time: 5), record("b")], time: 9)
        }
        let again = try MemoryDatabase(path, MemoryLimits())
        #expect(try again.isFilled() && again.count() == 2)
        #expect(try again.newest(9).map(\.time) == [9, 5])
        // Damaged, it is made anew: everything in it is in the layer as well.
        try Data("no database at all, and long enough to be looked at".utf8)
            .write(to: URL(fileURLWithPath: path))
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
        let fresh = try MemoryDatabase(path, MemoryLimits())
        #expect(try !fresh.isFilled() && fresh.count() == 0)
    }

    @Test func `beyond its capacity the least important goes, then the oldest`() throws {
        let memory = try MemoryDatabase(nil, MemoryLimits(capacity: 3))
        try memory.fill(
            [
                record("old", time: 1), record("new", time: 9), record("first", time: 5),
                record("last", time: 5), record("weighty", 0.9, time: 0),
            ], time: 0)
        #expect(try texts(memory) == ["new", "last", "weighty"])
        try memory.add(record("slight", 0.1, time: 99), time: 0)
        #expect(try texts(memory) == ["new", "last", "weighty"])
        try memory.add(record("heavy", 1, time: 2), time: 0)
        #expect(try texts(memory) == ["new", "heavy", "weighty"])
        let none = try MemoryDatabase(nil, MemoryLimits(capacity: 0))
        try none.fill([record("a")], time: 0)
        #expect(try none.count() == 0)
    }

    @Test func `what has lasted its time is gone`() throws {
        let memory = try MemoryDatabase(nil, MemoryLimits(seconds: 10))
        try memory.fill([record("a", time: 100), record("b", time: 101), record("c")], time: 105)
        #expect(try memory.expire(now: 109) == 0)
        #expect(try memory.expire(now: 110) == 1)
        #expect(try texts(memory) == ["c", "b"])
        #expect(try memory.expire(now: 1_000) == 2)
        let forEver = try MemoryDatabase(nil, MemoryLimits())
        try forEver.fill([record("a", time: 0)], time: 0)
        #expect(try forEver.expire(now: .max) == 0)
    }

    @Test func `knows which texts still need a vector, and of which model`() throws {
        let memory = try MemoryDatabase(nil, MemoryLimits())
        try memory.fill(
            [
                record("a"), MemoryRecord(text: "b", vector: [1, 0]),
                MemoryRecord(text: "c", vector: [1]),
            ],
            time: 0)
        // Of the layer's own base, vectors that came with it count where their width fits.
        try memory.use(model: "m", width: 2, trustsGiven: true)
        #expect(try memory.withoutVector(limit: 9).map(\.text) == ["a", "c"])
        let open = try memory.withoutVector(limit: 9)
        try memory.set(vectors: open.map { ($0.number, [0, 1]) })
        #expect(try memory.withoutVector(limit: 9).isEmpty)
        try memory.use(model: "m", width: 2, trustsGiven: true)
        #expect(try memory.withoutVector(limit: 9).isEmpty)
        // Of another model none does.
        try memory.use(model: "n", width: 2, trustsGiven: false)
        #expect(try memory.withoutVector(limit: 9).count == 3)
        #expect(try memory.withoutVector(limit: 1).count == 1)
        // Nor do vectors of the other model pass for those that came with the layer.
        try memory.set(vectors: try memory.withoutVector(limit: 9).map { ($0.number, [2, 2]) })
        try memory.use(model: "m", width: 2, trustsGiven: true)
        #expect(try memory.withoutVector(limit: 9).count == 3)
    }
}
