import Genome
import Host
import Wire

/// What stands in a folder that is to be shared, without following anything out of it.
struct FolderScan {
    /// Deepest folder: far beyond any model's.
    private static let depthMax = 16

    /// The folder, without links.
    let root: String
    /// Its entries with paths from the folder.
    private(set) var items: [SharePlan.Item] = []

    /// Scans a folder. `included` are paths that are wanted although their names are hidden.
    init(_ folder: String, included: Set<String>) throws(Failure) {
        do {
            root = try Directory.resolve(folder)
        } catch {
            throw Failure(.notFound, "\(folder) cannot be opened: \(error.reason)")
        }
        try scan("", depth: 0, included: included)
    }

    private mutating func scan(
        _ folder: String, depth: Int, included: Set<String>
    ) throws(Failure) {
        guard depth < Self.depthMax else {
            throw Failure(.refused, "\(folder) lies deeper than \(Self.depthMax) folders")
        }
        let entries: [Directory.Entry]
        do {
            entries = try Directory.list(folder.isEmpty ? root : "\(root)/\(folder)")
        } catch {
            throw Failure(
                .refused, "the folder \(folder.isEmpty ? root : folder) cannot be read",
                why: error.reason, remedy: "give yourself the right to read it")
        }
        for entry in entries {
            let path = folder.isEmpty ? entry.name : "\(folder)/\(entry.name)"
            let isWanted = included.contains { $0 == path || $0.hasPrefix(path + "/") }
            if entry.kind == .folder {
                if entry.name.hasPrefix(".") && !isWanted {
                    items.append(.init(path: path, kind: .special, size: 0, first: []))
                } else {
                    try scan(path, depth: depth + 1, included: included)
                }
            } else {
                items.append(try item(path, entry.kind))
            }
        }
    }

    private func item(
        _ path: String, _ kind: FileFacts.Kind
    ) throws(Failure) -> SharePlan.Item {
        switch kind {
        case .other, .folder: return .init(path: path, kind: .special, size: 0, first: [])
        case .link:
            let target = try? Directory.resolve("\(root)/\(path)")
            guard let target, target.hasPrefix(root + "/") else {
                return .init(path: path, kind: .linkOutside, size: 0, first: [])
            }
            guard (try? File.facts(of: target).kind) == .file else {
                return .init(path: path, kind: .special, size: 0, first: [])
            }
            return try opened(path, as: .linkInside)
        case .file: return try opened(path, as: .file)
        }
    }

    private func opened(
        _ path: String, as kind: SharePlan.ItemKind
    ) throws(Failure) -> SharePlan.Item {
        try Self.item(
            try open(path), path: path, kind: kind)
    }

    /// An entry of an open file.
    static func item(
        _ file: File, path: String, kind: SharePlan.ItemKind
    ) throws(Failure) -> SharePlan.Item {
        do throws(SystemError) {
            return .init(
                path: path, kind: kind, size: try file.facts().size,
                first: try file.read(count: FileKind.firstBytesMax, offset: 0))
        } catch {
            throw Failure(.refused, "\(path) cannot be read: \(error.reason)")
        }
    }

    /// Paths of files that hold records by their names, hidden ones left out.
    var records: Set<String> {
        Set(
            items.filter { item in
                (item.kind == .file || item.kind == .linkInside)
                    && item.path.lowercased().hasSuffix(".jsonl")
                    && !item.path.split(separator: "/").contains { $0.hasPrefix(".") }
            }.map(\.path))
    }

    /// What the folder's own document says of it; nil without one.
    func sections() throws(Failure) -> LayerSections? {
        let name = LayerSections.fileName
        guard items.contains(where: { $0.path == name }) else { return nil }
        let file = try open(name)
        let bytes: [UInt8]
        do {
            bytes = try file.readAll(limit: LayerSections.bytesMax)
        } catch {
            throw Failure(.refused, "\(name) cannot be read: \(error.reason)")
        }
        return try inGenome("reading \(name)") { () throws(GenomeError) in
            try LayerSections(bytes)
        }
    }

    /// Opens a file of the folder.
    func open(_ path: String) throws(Failure) -> File {
        do {
            return try File("\(root)/\(path)", .read)
        } catch {
            throw Failure(
                .refused, "\(path) cannot be read: \(error.reason)",
                remedy: "give yourself the right to read it, or move it out of the folder")
        }
    }
}
