import Host

/// A file of the home with secrets in it.
enum SecretFile {
    /// Its lines; refused when anybody but the owner could read it.
    static func lines(_ path: String, limit: Int) throws(StoreError) -> [String] {
        let bytes = try onDisk { () throws(SystemError) -> [UInt8]? in
            let file = try File(path, .read, followsLinks: false)
            guard try file.facts().mode & 0o077 == 0 else { return nil }
            return try file.readAll(limit: limit)
        }
        guard let bytes else {
            throw .unusable("\(path) can be read by others; close it with: chmod 600 \(path)")
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
