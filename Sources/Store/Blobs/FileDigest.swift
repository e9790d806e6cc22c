import Host
import Wire

/// The blob id of a file anywhere on the disk.
enum FileDigest {
    /// Reads the file once; a link is not followed.
    static func compute(_ path: String) throws(SystemError) -> Digest {
        let file = try File(path, .read, followsLinks: false)
        var hasher = TreeHasher()
        let buffer = Buffer(capacity: HashTree.groupBytes)
        var offset: UInt64 = 0
        while true {
            let count = try file.read(into: buffer, count: buffer.capacity, offset: offset)
            if count == 0 { return hasher.finish().id }
            buffer.withSpan(0..<count) { hasher.update($0) }
            offset += UInt64(count)
        }
    }
}
