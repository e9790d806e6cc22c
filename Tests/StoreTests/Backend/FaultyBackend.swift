import Glibc
import Host
import Wire

@testable import Store

/// A back end that fails when it is told to, before or after it did what it was asked.
final class FaultyBackend: BlobBackend {
    /// What can fail.
    enum Call: String, CaseIterable, Sendable {
        case size, open, read, put, take, remove, sync, list
    }

    /// One failure to come.
    struct Fault: Sendable {
        let call: Call
        /// Whether it is done all the same.
        var isDone = false
        /// The error number.
        var code = EIO
        /// Calls of the kind that succeed before.
        var after = 0
        /// Whether all that follow fail too.
        var isLasting = false
    }

    private let inner: any BlobBackend
    private let fault = Lock<Fault?>(nil)

    init(_ inner: any BlobBackend) { self.inner = inner }

    /// What will fail next, once unless it lasts.
    func expect(_ next: Fault?) { fault.withLock { $0 = next } }

    /// Whether what was expected to fail did.
    var hasFailed: Bool { fault.withLock { $0 == nil } }

    private func perform<Result>(
        _ call: Call, _ body: () throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        let due = fault.withLock { fault -> Fault? in
            guard let next = fault, next.call == call else { return nil }
            if next.after > 0 {
                fault?.after -= 1
                return nil
            }
            if !next.isLasting { fault = nil }
            return next
        }
        guard let due else { return try body() }
        if due.isDone { _ = try body() }
        throw StoreError(SystemError(call.rawValue, "the back end", code: due.code))
    }

    private struct Opened: StoredObject {
        let inner: any StoredObject
        let backend: FaultyBackend

        var place: String { inner.place }

        // What is passed on as a file would be read behind the back of this.
        var file: File? { nil }

        func size() throws(StoreError) -> UInt64 { try inner.size() }

        func read(
            into buffer: Buffer, at start: Int, count: Int, offset: UInt64
        ) throws(StoreError) -> Int {
            try backend.perform(.read) { () throws(StoreError) in
                try inner.read(into: buffer, at: start, count: count, offset: offset)
            }
        }

        func read(
            into bytes: inout [UInt8], at start: Int, count: Int, offset: UInt64
        ) throws(StoreError) -> Int {
            let read = try backend.perform(.read) { () throws(StoreError) in
                var part = [UInt8](repeating: 0, count: count)
                let done = try inner.read(into: &part, at: 0, count: count, offset: offset)
                return part[..<done]
            }
            bytes.replaceSubrange(start..<start + read.count, with: read)
            return read.count
        }
    }

    func size(of name: ObjectName) throws(StoreError) -> UInt64? {
        try perform(.size) { () throws(StoreError) in try inner.size(of: name) }
    }

    func open(_ name: ObjectName) throws(StoreError) -> any StoredObject {
        let object = try perform(.open) { () throws(StoreError) in try inner.open(name) }
        return Opened(inner: object, backend: self)
    }

    func put(_ file: File, as name: ObjectName) throws(StoreError) {
        try perform(.put) { () throws(StoreError) in try inner.put(file, as: name) }
    }

    func take(_ name: ObjectName, to path: String) throws(StoreError) {
        try perform(.take) { () throws(StoreError) in try inner.take(name, to: path) }
    }

    func remove(_ name: ObjectName) throws(StoreError) {
        try perform(.remove) { () throws(StoreError) in try inner.remove(name) }
    }

    func sync(_ names: [ObjectName]) throws(StoreError) {
        try perform(.sync) { () throws(StoreError) in try inner.sync(names) }
    }

    func list(_ form: ObjectName.Form) throws(StoreError) -> [(blob: Digest, bytes: UInt64)] {
        try perform(.list) { () throws(StoreError) in try inner.list(form) }
    }

    func localPath(of name: ObjectName) -> String? { inner.localPath(of: name) }
}
