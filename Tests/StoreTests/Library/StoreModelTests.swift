import Foundation
import Genome
import Host
import Testing
import Wire

@testable import Store

/// Random lives of a store against a model that knows no database; what fails is made as short as
/// it can be.
@Suite struct StoreModelTests {
    private static let set = try? StoreSet()

    /// A generator that gives the same steps for the same seed (SplitMix64).
    struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var word = state
            word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
            return word ^ (word >> 31)
        }
    }

    private static func steps(_ count: Int, _ set: StoreSet, seed: UInt64) -> [StoreStep] {
        var dice = Dice(state: seed)
        func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &dice) }
        return (0..<count).map { _ in
            let layer = below(set.layers.count)
            switch below(24) {
            case 0..<7: return .bring(layer)
            case 7..<9: return .take(below(set.blobs.count))
            case 9..<11: return .reserve(below(set.blobs.count))
            case 11..<13: return .pin(layer)
            case 13: return .unpin(layer)
            case 14..<16: return .remove(layer)
            case 16: return .use(layer)
            case 17..<21:
                let classes: [BlobClass?] = [nil, .own, .mirrored, .cache]
                let bytes = below(4) == 0 ? nil : UInt64(500 + below(6000))
                return .quota(classes[below(4)], bytes)
            case 21..<23: return .collect(hours: UInt64([0, 25, 200][below(3)]))
            default: return .restart(losesIndex: below(2) == 0)
            }
        }
    }

    @Test(arguments: 1...12)
    func `a store is what its model says after every step`(_ seed: UInt64) throws {
        let set = try #require(Self.set)
        let steps = Self.steps(60, set, seed: seed)
        guard let fault = try StoreRun(set).fault(of: steps) else { return }
        let shortest = try shrunk(steps, set)
        Issue.record("seed \(seed): \(fault); it takes \(shortest)")
    }

    /// Fewest steps that still fail, by leaving out ever smaller runs of them.
    private func shrunk(_ steps: [StoreStep], _ set: StoreSet) throws -> [StoreStep] {
        var (steps, length) = (steps, steps.count / 2)
        while length > 0 {
            var start = 0
            while start < steps.count {
                var fewer = steps
                fewer.removeSubrange(start..<min(start + length, steps.count))
                if try StoreRun(set).fault(of: fewer) != nil {
                    steps = fewer
                } else {
                    start += length
                }
            }
            length /= 2
        }
        return steps
    }
}

/// A store and its model, taken through the same steps.
final class StoreRun {
    private let set: StoreSet
    private let fixture: LibraryFixture
    private var model: StoreModel
    /// Hours by which the clock of collections is ahead.
    private var ahead: UInt64 = 0

    init(_ set: StoreSet) throws {
        self.set = set
        fixture = try LibraryFixture()
        model = StoreModel(set)
    }

    /// The first difference, with the step behind which it was seen.
    func fault(of steps: [StoreStep]) throws -> String? {
        for (number, step) in steps.enumerated() {
            // Two things in one millisecond have no order.
            usleep(2_000)
            let words = try take(step) ?? difference()
            if let words { return "after step \(number) (\(step)): \(words)" }
        }
        return nil
    }

    /// Does a step on both; words where one refuses it and the other does not.
    private func take(_ step: StoreStep) throws -> String? {
        let now = Clock.wallMilliseconds()
        switch step {
        case .bring(let number): return try bring(number)
        case .take(let number):
            let done = try isDone {
                _ = try self.fixture.library.importBytes(self.set.blobs[number])
            }
            return agree(done, model.take(set.blobs[number], as: .own, now: now))
        case .reserve(let number):
            if try fixture.library.holds(set.ids[number]) { return nil }
            let done = try isDone {
                _ = try self.fixture.library.partial(
                    self.set.ids[number], size: UInt64(self.set.blobs[number].count))
            }
            return agree(done, model.reserve(number, now: now))
        case .pin(let number), .unpin(let number):
            guard model.layers[number] != nil else { return nil }
            let isPinned = if case .pin = step { true } else { false }
            try fixture.library.setPin(set.layers[number].id, isPinned: isPinned)
            model.layers[number]?.isPinned = isPinned
        case .remove(let number):
            guard model.layers[number] != nil else { return nil }
            try fixture.library.remove(set.layers[number].id)
            model.remove(number, now: now)
        case .use(let number):
            guard model.layers[number] != nil else { return nil }
            try fixture.library.index.lease(layer: set.layers[number].id, .running, now: now)
            model.use(number, now: now)
        case .quota(let blobClass, let bytes):
            try fixture.library.setQuota(blobClass, bytes)
            model.quotas[blobClass] = bytes
        case .collect(let hours):
            let then = now + hours * 3_600_000
            try fixture.library.collect(now: then)
            model.collect(now: then)
        case .restart(let losesIndex):
            try fixture.restart { if losesIndex { try LibraryFixture.loseIndex($0) } }
            model.restart()
            if losesIndex { model.loseIndex(now: now) }
        }
        return nil
    }

    private func bring(_ number: Int) throws -> String? {
        let layer = set.layers[number]
        let contents = layer.blobs.map { set.blobs[$0] } + [layer.manifestBytes]
        if model.layers[number] != nil { return nil }
        for bytes in contents {
            let now = Clock.wallMilliseconds()
            let done = try isDone {
                if layer.origin == .own {
                    _ = try self.fixture.library.importBytes(bytes)
                } else {
                    try self.fetch(bytes)
                }
            }
            let isRight: Bool
            if layer.origin == .own {
                isRight = model.take(bytes, as: .own, now: now)
            } else {
                isRight = model.fetch(bytes, now: now)
            }
            if let words = agree(done, isRight) { return words }
            if !done { return nil }
        }
        _ = try fixture.library.add(layer.envelope, origin: layer.origin)
        model.layers[number] = StoreModel.Layer(added: Clock.wallMilliseconds())
        model.endImport(of: number)
        return nil
    }

    private func fetch(_ bytes: [UInt8]) throws {
        let library = fixture.library
        let id = Blake3.hash(bytes)
        if try library.holds(id) {
            return try library.reserve([BlobReference(blob: id, size: UInt64(bytes.count))])
        }
        let partial = try library.partial(id, size: UInt64(bytes.count))
        try partial.fetch(0, from: try Scratch.groups(bytes))
        try library.complete(partial)
    }

    /// False where there is no room; anything else is thrown on.
    private func isDone(_ body: () throws -> Void) throws -> Bool {
        do {
            try body()
            return true
        } catch StoreError.quota {
            return false
        }
    }

    private func agree(_ done: Bool, _ expected: Bool) -> String? {
        done == expected ? nil : "the store \(done ? "did" : "refused") it, the model not"
    }

    private func difference() throws -> String? {
        let index = fixture.library.index
        let layers = Set(try index.layers().map(\.id))
        let expected = Set(model.layers.keys.map { set.layers[$0].id })
        if layers != expected { return "layers \(layers.count), not \(expected.count)" }
        let rows = try index.blobs()
        if Set(rows.map(\.id)) != Set(model.blobs.keys) {
            return "blobs \(rows.count), not \(model.blobs.count)"
        }
        for row in rows {
            guard let blob = model.blobs[row.id] else { continue }
            if (row.state == .partial) == blob.isComplete { return "the state of \(row.id)" }
            if (row.state == .recovered) != blob.isRecovered { return "why \(row.id) is here" }
            if row.blobClass != model.blobClass(row.id) {
                return "class \(row.blobClass), not \(model.blobClass(row.id)) of \(row.id)"
            }
        }
        let accounts = try index.accounts()
        for blobClass in BlobClass.allCases
        where accounts.used(blobClass) != model.used(blobClass) {
            return "\(accounts.used(blobClass)) bytes \(blobClass), not \(model.used(blobClass))"
        }
        let onDisk = try fixture.bytesOnDisk()
        return onDisk == model.used(nil) ? nil : "\(onDisk) bytes on disk, not \(model.used(nil))"
    }
}
