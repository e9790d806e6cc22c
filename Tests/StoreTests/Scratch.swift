import Foundation
import Host
import Wire

@testable import Store

/// A folder for one test. All are removed when the test process ends, because a test may keep
/// only something inside.
final class Scratch {
    let path: String

    init(in parent: String = "/tmp") {
        path = "\(parent)/plasmid-test-\(UUID().uuidString)"
        try! Directory.create(path)
        let path = path
        Self.made.withLock { made in
            if made.isEmpty { atexit { Scratch.removeAll() } }
            made.append(path)
        }
    }

    private static let made = Lock([String]())

    private static func removeAll() {
        for path in made.withLock({ $0 }) { try? Directory.removeTree(path) }
    }

    /// An open home in this folder.
    func home() throws -> Home { try Home.create(at: "\(path)/home") }

    /// A file with these bytes.
    func file(_ name: String, _ bytes: [UInt8]) throws -> File {
        let file = try File("\(path)/\(name)", .create)
        try file.resize(to: 0)
        try file.write(bytes, offset: 0)
        return file
    }

    /// Bytes that differ everywhere.
    static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed
        // Without room of its own the array would write its count into storage that all share.
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { space, used in
            for index in 0..<count {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                space[index] = UInt8(truncatingIfNeeded: state >> 56)
            }
            used = count
        }
    }

    /// Flips one bit of a file, also of a read-only one.
    static func flip(_ path: String, at offset: UInt64) throws {
        _ = chmod(path, 0o600)
        let file = try File(path, .write)
        var byte = try file.read(count: 1, offset: offset)
        byte[0] ^= 0x10
        try file.write(byte, offset: offset)
    }

    /// Blobs of a fetch: the bytes cut into groups with their leaf values.
    static func groups(_ bytes: [UInt8]) throws -> (layer: GroupLayer, buffers: [Buffer]) {
        var hasher = TreeHasher()
        hasher.update(bytes.span.bytes)
        let summary = hasher.finish()
        let layer = try GroupLayer(
            id: summary.id, size: summary.size, values: summary.groupValues)
        let buffers = (0..<layer.count).map { index in
            let range = HashTree.groupRange(index, size: summary.size)
            let buffer = Buffer(capacity: HashTree.groupBytes)
            buffer.store(Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]), at: 0)
            buffer.count = range.count
            return buffer
        }
        return (layer, buffers)
    }
}

extension PartialBlob {
    /// Writes group `index` as a fetch does: verified against the layer first.
    func fetch(_ index: Int, from groups: (layer: GroupLayer, buffers: [Buffer])) throws {
        let buffer = groups.buffers[index]
        let values = buffer.withSpan(0..<buffer.count) {
            groups.layer.leafValues(ifMatching: $0, at: index)
        }
        try write(group: index, buffer, leafValues: values ?? [])
    }
}
