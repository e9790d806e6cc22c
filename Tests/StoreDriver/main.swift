import CrashReplay
import Genome
import Host
import Store
import Wire

/// What a driver cannot go on from.
enum DriverFault: Error {
    /// Bytes that should have become fewer did not.
    case notCoded
}

/// A short life of a store, for the trace: `StoreDriver HOME LOG ROUNDS SEED`. Each round brings
/// blobs and a layer in, fetches, pins, removes, and closes or not. Every call is marked in LOG.
struct Driver {
    let log: String
    let library: Library
    var dice: Dice

    func mark(_ mark: StoreMark) throws { try TraceLog.mark(mark.text, in: log) }

    static let key = SigningKey(seed: [UInt8](repeating: 7, count: 32))

    /// A file of the owner is taken in.
    mutating func importFile(
        _ size: Int, seed: UInt64, mask: UInt8 = 0xff
    ) throws -> DriverLayer.Blob {
        let bytes = SampleBytes.make(size, seed: seed).map { $0 & mask }
        let source = try File.inMemory("source")
        try source.write(bytes, offset: 0)
        try mark(.importing(Blake3.hash(bytes)))
        let blob = try library.importFile(source)
        try mark(.imported(blob.id))
        return DriverLayer.Blob(id: blob.id, size: blob.size, sha256: blob.sha256)
    }

    mutating func add(
        _ blobs: [DriverLayer.Blob], name: String, origin: LayerOrigin
    ) throws -> Digest {
        let envelope = try DriverLayer.envelope(blobs, name: name, key: Self.key!)
        let layer = Blake3.hash(envelope.payload)
        try mark(.adding(layer, blobs.map(\.id)))
        // The manifest of a fetched layer comes as a blob like the others.
        if origin == .fetched { _ = try fetch(envelope.payload, isWhole: true) }
        try library.add(envelope, origin: origin)
        try mark(.added(layer))
        return layer
    }

    mutating func fetch(
        _ size: Int, seed: UInt64, isWhole: Bool
    ) throws -> DriverLayer.Blob {
        try fetch(SampleBytes.make(size, seed: seed), isWhole: isWhole)
    }

    /// A blob comes group by group, with a checkpoint now and then; the last groups may not come.
    mutating func fetch(_ bytes: [UInt8], isWhole: Bool) throws -> DriverLayer.Blob {
        var hasher = TreeHasher()
        hasher.update(bytes.span.bytes)
        let summary = hasher.finish()
        let blob = DriverLayer.Blob(
            id: summary.id, size: summary.size, sha256: Sha256.hash(bytes))
        try mark(.fetching(blob.id))
        let partial = try library.partial(blob.id, size: blob.size)
        if partial.layer == nil {
            try partial.install(
                GroupLayer(id: blob.id, size: blob.size, values: summary.groupValues))
        }
        var missing = partial.groups.missing.shuffled(using: &dice)
        if !isWhole { missing.removeLast(min(missing.count, 1)) }
        for group in missing {
            let range = HashTree.groupRange(group, size: blob.size)
            let part = Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
            let buffer = Buffer(capacity: HashTree.groupBytes)
            buffer.store(part, at: 0)
            buffer.count = part.count
            let values = HashTree.leafValues(
                of: part.span.bytes, groupIndex: group,
                isOnlyGroup: partial.groups.count == 1)
            try partial.write(group: group, buffer, leafValues: values)
            if dice.next() % 2 == 0 {
                try library.checkpoint(partial)
                try mark(.groups(blob.id, partial.groups.bytes))
            }
        }
        if isWhole {
            try library.complete(partial)
            try mark(.fetched(blob.id))
        }
        return blob
    }

    /// The same bytes are begun in one round and finished in the next.
    mutating func round(_ number: UInt64, last: Digest?) throws -> Digest {
        let small = try importFile(3_000, seed: number * 10)
        let middle = try importFile(150_000, seed: number * 10 + 1)
        let large = try importFile(2 << 20 + 77, seed: number * 10 + 2, mask: 7)
        let own = try add([small, middle, large], name: "own\(number)", origin: .own)
        try mark(.pinning(own))
        try library.setPin(own, isPinned: true)
        try mark(.pinned(own))
        // Into fewer bytes, and every second time back.
        try library.index.endLeases(layer: own, .importing)
        guard try library.code(large.id) != nil else { throw DriverFault.notCoded }
        if number % 2 == 0 { try library.makeRaw(large.id) }
        _ = try fetch(3 << 20 - 5, seed: number * 10 + 3, isWhole: false)
        let whole = try fetch(1 << 20 + 9_000, seed: number * 10 + 4, isWhole: true)
        let before =
            number > 1 ? try fetch(3 << 20 - 5, seed: number * 10 - 7, isWhole: true) : whole
        // `small` is listed by two layers: the removal of one must leave it.
        let shared =
            Set([whole.id, before.id]).count == 2 ? [whole, before, small] : [whole, small]
        let other = try add(shared, name: "other\(number)", origin: .fetched)
        try mark(.pinning(other))
        try library.setPin(other, isPinned: true)
        try mark(.pinned(other))
        try mark(.unpinning(other))
        try library.setPin(other, isPinned: false)
        try mark(.unpinned(other))
        if let last {
            try mark(.removing(last))
            try library.remove(last)
            try mark(.removed(last))
        }
        return other
    }
}

/// `StoreDriver replay LOG SEED SHARE FOLDER`: opens what the trace may have left.
func replay(_ words: [String]) throws {
    var contents: [Digest: [UInt8]] = [:]
    for round in 1...8 as ClosedRange<UInt64> {
        let sizes: [(UInt64, Int)] = [(3, 3 << 20 - 5), (4, 1 << 20 + 9_000)]
        for (place, size) in sizes {
            let bytes = SampleBytes.make(size, seed: round * 10 + place)
            contents[Blake3.hash(bytes)] = bytes
        }
    }
    var dice = Dice(seed: UInt64(words[3])!)
    let share = Double(words[4])!
    let check = HomeCheck(contents: contents, key: Driver.key!)
    let outcome = try CrashReplay(try TraceLog.read(words[2]), check: check, in: words[5]).run(
        &dice, random: 1, singlesMax: 2
    ) { _, dice in Double.random(in: 0..<1, using: &dice) < share }
    print(outcome.points, outcome.images, outcome.faults.joined(separator: "\n"))
}

func work(_ words: [String]) throws {
    let (path, log) = (words[1], words[2])
    let (first, rounds, seed) = (UInt64(words[3])!, UInt64(words[4])!, UInt64(words[5])!)
    let home = try Home.create(at: path)
    var driver = Driver(
        log: log, library: try Library(home, key: Driver.key!), dice: Dice(seed: seed))
    var last: Digest?
    for number in first..<first + rounds { last = try driver.round(number, last: last) }
    // Every second life ends as a node ends that is stopped; the others are cut off.
    if first % 2 == 0 { try driver.library.close() }
}
let words = CommandLine.arguments
if words[1] == "replay" {
    try replay(words)
} else {
    try work(words)
}
