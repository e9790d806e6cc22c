import Foundation
import Host

/// A folder for one test, removed with it.
final class Scratch {
    let path: String

    init() throws {
        path = "/tmp/plasmid-host-\(UUID().uuidString.prefix(13))"
        try Directory.create(path)
    }

    deinit {
        _ = try? Directory.removeTree(path)
    }

    /// A path in the folder.
    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// A file with these bytes.
    @discardableResult
    func file(_ name: String, _ bytes: [UInt8]) throws -> File {
        let file = try File(self(name), .create)
        try file.write(bytes, offset: 0)
        return file
    }
}
