import Foundation
import Testing
import Wire

/// Golden files of `Tests/Vectors`, and public ones where `PLASMID_VECTORS` names their folder.
enum VectorFile {
    static func object(_ name: String) throws -> [String: Any] {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Vectors/\(name)")
        return try read(url)
    }

    /// A file of the folder of public vectors; nil where there is none.
    static func publicObject(_ name: String) throws -> [String: Any]? {
        guard let folder = ProcessInfo.processInfo.environment["PLASMID_VECTORS"] else {
            return nil
        }
        return try read(URL(filePath: folder).appending(path: name))
    }

    private static func read(_ url: URL) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url))
        return try #require(object as? [String: Any])
    }

    static func bytes(_ value: Any?) throws -> [UInt8] {
        let text = try #require(value as? String)
        return try #require(Hexadecimal.decode(text))
    }
}

extension WireError {
    /// The name of the case, as the vectors of bad input call it.
    var caseName: String {
        String(describing: self).split(separator: "(").first.map { String($0) } ?? ""
    }
}
