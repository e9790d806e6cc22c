import Host
import Wire

@testable import Store

/// Objects in memory: a back end without a single file, as a service elsewhere would be.
final class MemoryBackend: BlobBackend {
    private let objects = Lock<[ObjectName: [UInt8]]>([:])

    /// An object that was opened: the bytes of then.
    private struct Opened: StoredObject {
        let place: String
        let bytes: [UInt8]

        var file: File? { nil }

        func size() throws(StoreError) -> UInt64 { UInt64(bytes.count) }

        private func part(_ count: Int, _ offset: UInt64) -> ArraySlice<UInt8> {
            let start = Int(min(offset, UInt64(bytes.count)))
            return bytes[start..<min(bytes.count, start + count)]
        }

        func read(
            into buffer: Buffer, at start: Int, count: Int, offset: UInt64
        ) throws(StoreError) -> Int {
            let part = part(count, offset)
            buffer.store(Array(part), at: start)
            return part.count
        }

        func read(
            into bytes: inout [UInt8], at start: Int, count: Int, offset: UInt64
        ) throws(StoreError) -> Int {
            let part = part(count, offset)
            bytes.replaceSubrange(start..<start + part.count, with: part)
            return part.count
        }
    }

    func size(of name: ObjectName) throws(StoreError) -> UInt64? {
        objects.withLock { $0[name].map { UInt64($0.count) } }
    }

    func open(_ name: ObjectName) throws(StoreError) -> any StoredObject {
        guard let bytes = objects.withLock({ $0[name] }) else {
            throw .missing("blob \(name.blob)")
        }
        return Opened(place: "memory:\(name.blob)", bytes: bytes)
    }

    func put(_ file: File, as name: ObjectName) throws(StoreError) {
        let bytes = try onDisk { () throws(SystemError) in try file.readAll(limit: 1 << 30) }
        objects.withLock { $0[name] = bytes }
        try onDisk { () throws(SystemError) in try Directory.removeFile(file.path) }
    }

    func take(_ name: ObjectName, to path: String) throws(StoreError) {
        guard let bytes = objects.withLock({ $0[name] }) else {
            throw .missing("blob \(name.blob)")
        }
        try onDisk { () throws(SystemError) in
            let file = try File(path, .createNew)
            try file.write(bytes, offset: 0)
            try file.sync()
        }
        objects.withLock { $0[name] = nil }
    }

    func remove(_ name: ObjectName) throws(StoreError) { objects.withLock { $0[name] = nil } }

    func sync(_ names: [ObjectName]) throws(StoreError) {}

    func list(_ form: ObjectName.Form) throws(StoreError) -> [(blob: Digest, bytes: UInt64)] {
        objects.withLock { objects in
            objects.filter { $0.key.form == form }.map { ($0.key.blob, UInt64($0.value.count)) }
        }
    }

    func localPath(of name: ObjectName) -> String? { nil }

    /// Changes one bit of an object, as a failing disk does.
    func flip(_ name: ObjectName, at offset: Int) {
        objects.withLock { $0[name]?[offset] ^= 0x10 }
    }
}
