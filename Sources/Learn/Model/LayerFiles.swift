import Genome
import Host

/// The files of a model or adapter by name: a folder, or a layer in a store whose files have other
/// names on disk.
public struct LayerFiles: Sendable {
    /// Path on disk of each file, by its name in the layer.
    public let paths: [String: String]
    /// What to call the whole in messages.
    public let title: String

    /// Files by name.
    public init(_ paths: [String: String], title: String) {
        self.paths = paths
        self.title = title
    }

    /// The plain files of a folder, not of its subfolders.
    public init(folder: String) throws(LearnError) {
        do throws(SystemError) {
            let separator = folder.hasSuffix("/") ? "" : "/"
            var paths: [String: String] = [:]
            for entry in try Directory.list(folder) where entry.kind != .folder {
                paths[entry.name] = folder + separator + entry.name
            }
            self.init(paths, title: folder)
        } catch {
            throw .weights(.unreadable(file: folder, error.reason))
        }
    }

    /// Whether there is a file of that name.
    public func has(_ name: String) -> Bool { paths[name] != nil }

    /// All bytes of a small file; nil if there is none.
    public func bytes(_ name: String, limit: Int) throws(LearnError) -> [UInt8]? {
        guard let path = paths[name] else { return nil }
        let (file, size) = try open(name, path)
        guard size <= UInt64(limit) else {
            throw .weights(.format(file: name, .tooLarge(what: name, limit: limit)))
        }
        do throws(SystemError) {
            return try file.read(count: Int(size), offset: 0)
        } catch {
            throw .weights(.unreadable(file: name, error.reason))
        }
    }

    /// Maps a file.
    func map(_ name: String) throws(LearnError) -> Mapping {
        guard let path = paths[name] else { throw .weights(.missingFile(name)) }
        let (file, _) = try open(name, path)
        do throws(SystemError) {
            return try Mapping(file)
        } catch {
            throw .weights(.unreadable(file: name, error.reason))
        }
    }

    /// A plain file and its size. A pipe that nobody writes to would never open and a device never
    /// end, so neither is waited for.
    private func open(_ name: String, _ path: String) throws(LearnError) -> (File, UInt64) {
        do throws(SystemError) {
            let file = try File(path, .readAtOnce)
            let facts = try file.facts()
            if facts.kind == .file { return (file, facts.size) }
        } catch {
            throw .weights(.unreadable(file: name, error.reason))
        }
        throw .weights(.unreadable(file: name, "it is no plain file"))
    }
}
