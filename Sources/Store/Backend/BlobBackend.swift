import Host
import Wire

/// The name of an object: a blob's bytes in one of the forms that are kept.
public struct ObjectName: Hashable, Sendable {
    /// How an object holds the bytes of its blob.
    public enum Form: String, CaseIterable, Sendable {
        /// Exactly as they are.
        case plain
        /// As a coded file.
        case coded
    }

    /// The blob.
    public let blob: Digest
    /// How it is held.
    public let form: Form

    /// The object with the bytes of a blob as they are.
    public static func plain(_ blob: Digest) -> ObjectName { .init(blob: blob, form: .plain) }

    /// The object with the coded bytes of a blob.
    public static func coded(_ blob: Digest) -> ObjectName { .init(blob: blob, form: .coded) }
}

/// Where complete blobs rest: objects that are whole or not there, and never change.
///
/// Everything else of a home stays on a local disk: databases, journal, leaf values, and the files
/// of blobs that are still on their way. So whatever can name a file, read parts of it, list and
/// remove it can hold the bytes: a file system, or a service with an S3 interface. What every one
/// must do is what `BlobBackendTests` asks of it.
///
/// An object that was put, taken or removed is so for everybody at once, and after a power failure
/// once `sync` of its name has returned. A call that throws has changed nothing, or all of it.
public protocol BlobBackend: Sendable {
    /// Number of bytes of an object; nil where there is none.
    func size(of name: ObjectName) throws(StoreError) -> UInt64?

    /// Opens an object. It can be read to its end although it is removed meanwhile. Throws
    /// `missing` where there is none.
    func open(_ name: ObjectName) throws(StoreError) -> any StoredObject

    /// Makes a local file, whose bytes are durable, an object. The file is gone afterwards. An
    /// object that was there is replaced: both hold the same bytes, or the old ones were damaged.
    func put(_ file: File, as name: ObjectName) throws(StoreError)

    /// Makes an object a local file at `path`, where nothing may be. Throws `missing` where there
    /// is none.
    func take(_ name: ObjectName, to path: String) throws(StoreError)

    /// Removes an object, however large, without making anybody wait long; nothing where there is
    /// none.
    func remove(_ name: ObjectName) throws(StoreError)

    /// Waits until what happened to these names is durable.
    func sync(_ names: [ObjectName]) throws(StoreError)

    /// Every object of a form with its number of bytes, in no order.
    func list(_ form: ObjectName.Form) throws(StoreError) -> [(blob: Digest, bytes: UInt64)]

    /// Where a program finds the object as a file of this machine; nil where it is none.
    func localPath(of name: ObjectName) -> String?
}

/// An open object.
public protocol StoredObject: Sendable {
    /// What to call it in an error.
    var place: String { get }

    /// The open file that it is, to share its blocks or to pass on; nil where it is none.
    var file: File? { get }

    /// Its number of bytes.
    func size() throws(StoreError) -> UInt64

    /// Reads up to `count` bytes at `offset` into `buffer` at `start`; the number read, less than
    /// `count` only at the end.
    func read(
        into buffer: Buffer, at start: Int, count: Int, offset: UInt64
    ) throws(StoreError) -> Int

    /// The same over those of an array from `start` on.
    func read(
        into bytes: inout [UInt8], at start: Int, count: Int, offset: UInt64
    ) throws(StoreError) -> Int
}

extension StoredObject {
    /// Up to `count` bytes at `offset`; fewer only at the end.
    func read(count: Int, offset: UInt64) throws(StoreError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let done = try read(into: &bytes, count: count, offset: offset)
        bytes.removeLast(count - done)
        return bytes
    }

    /// Reads up to `count` bytes at `offset` into an array that is used again and then has `count`
    /// bytes; the number read.
    func read(
        into bytes: inout [UInt8], count: Int, offset: UInt64
    ) throws(StoreError) -> Int {
        if bytes.count < count {
            bytes.append(contentsOf: repeatElement(0, count: count - bytes.count))
        } else {
            bytes.removeLast(bytes.count - count)
        }
        return try read(into: &bytes, at: 0, count: count, offset: offset)
    }
}

/// A local file as an open object.
struct FileObject: StoredObject {
    let opened: File

    init(_ file: File) { opened = file }

    var place: String { opened.path }

    var file: File? { opened }

    func size() throws(StoreError) -> UInt64 {
        try onDisk { () throws(SystemError) in try opened.facts().size }
    }

    func read(
        into buffer: Buffer, at start: Int, count: Int, offset: UInt64
    ) throws(StoreError) -> Int {
        try onDisk { () throws(SystemError) in
            try opened.read(into: buffer, at: start, count: count, offset: offset)
        }
    }

    func read(
        into bytes: inout [UInt8], at start: Int, count: Int, offset: UInt64
    ) throws(StoreError) -> Int {
        try onDisk { () throws(SystemError) in
            try opened.read(into: &bytes, at: start, count: count, offset: offset)
        }
    }
}
