/// What a disk may hold after a power failure, worked out from a trace.
///
/// Bytes and size of a file are durable after a sync of that file, a name after a sync of its
/// folder (of a rename: of the folder it leads to), and nothing else is. Of what is not durable
/// any part may be there, but no name without the folders above it: so do all file systems that
/// have a journal or copy on write. Within one sector the disk keeps the order of writes.
public struct DiskModel {
    /// The least that a disk writes at a time.
    static let sectorBytes: UInt64 = 512

    /// A file, folder or link that has existed.
    public enum Node: Sendable {
        case file([UInt8])
        case folder([String: Int])
        case link(String)
    }

    /// A change that is not durable yet.
    enum Change {
        case write(file: Int, offset: UInt64, bytes: ArraySlice<UInt8>)
        case truncate(file: Int, size: UInt64)
        case names([NameChange], durableWith: Int)

        var file: Int? {
            switch self {
            case .write(let file, _, _), .truncate(let file, _): file
            case .names: nil
            }
        }
    }

    /// A name that comes (`isSet`) or goes.
    struct NameChange {
        let folder: Int
        let name: String
        let node: Int
        let isSet: Bool
    }

    /// What is durable now, by number; 0 is the home.
    private(set) var durable: [Node] = [.folder([:])]
    /// What is not, in order.
    private(set) var pending: [Change] = []
    /// The names as the running processes see them.
    private var current: [Int: [String: Int]] = [0: [:]]
    private var numbers: [UInt64: Int] = [:]
    /// The folder above each folder.
    private var parents: [Int: Int] = [:]

    /// Nothing has happened yet.
    public init() {}

    /// Whether anything may still be lost.
    public var isSettled: Bool { pending.isEmpty }

    /// Does what one entry says.
    public mutating func apply(_ entry: TraceEntry) {
        switch entry.kind {
        case .mark: return
        case .create: make(.file([]), entry)
        case .mkdir where entry.path.isEmpty: numbers[entry.inode] = 0
        case .mkdir: make(.folder([:]), entry)
        case .symlink: make(.link(entry.other), entry)
        case .write:
            guard let file = numbers[entry.inode] else { return }
            pending.append(.write(file: file, offset: entry.place, bytes: entry.data))
        case .truncate:
            guard let file = numbers[entry.inode] else { return }
            pending.append(.truncate(file: file, size: entry.place))
        case .link:
            guard let node = numbers[entry.inode], let place = place(entry.path) else { return }
            rename([.init(folder: place.folder, name: place.name, node: node, isSet: true)])
        case .rename: rename(entry)
        case .unlink, .rmdir: remove(entry.path)
        case .sync:
            if let node = entry.path.isEmpty ? 0 : numbers[entry.inode] { sync(node) }
        case .syncAll:
            for change in pending { settle(change) }
            pending = []
        }
    }

    private mutating func make(_ node: Node, _ entry: TraceEntry) {
        guard let place = place(entry.path) else { return }
        let number = durable.count
        durable.append(node)
        if case .folder = node {
            current[number] = [:]
            parents[number] = place.folder
        }
        numbers[entry.inode] = number
        rename([.init(folder: place.folder, name: place.name, node: number, isSet: true)])
    }

    private mutating func rename(_ entry: TraceEntry) {
        guard let from = place(entry.path), let to = place(entry.other),
            let node = current[from.folder]?[from.name]
        else { return }
        rename([
            .init(folder: to.folder, name: to.name, node: node, isSet: true),
            .init(folder: from.folder, name: from.name, node: node, isSet: false),
        ])
    }

    private mutating func remove(_ path: String) {
        guard let place = place(path), let node = current[place.folder]?[place.name] else { return }
        rename([.init(folder: place.folder, name: place.name, node: node, isSet: false)])
    }

    private mutating func rename(_ changes: [NameChange]) {
        for change in changes {
            current[change.folder, default: [:]][change.name] = change.isSet ? change.node : nil
        }
        pending.append(.names(changes, durableWith: changes[0].folder))
    }

    private func place(_ path: String) -> (folder: Int, name: String)? {
        var folder = 0
        let words = path.split(separator: "/").map { String($0) }
        guard let name = words.last else { return nil }
        for word in words.dropLast() {
            guard let next = current[folder]?[word] else { return nil }
            folder = next
        }
        return (folder, name)
    }

    private mutating func sync(_ node: Int) {
        var rest: [Change] = []
        let above = chain(node)
        for change in pending {
            let isSynced: Bool
            if case .names(let names, let folder) = change {
                isSynced = folder == node || names[0].isSet && above.contains(names[0].node)
            } else {
                isSynced = change.file == node
            }
            if isSynced { settle(change) } else { rest.append(change) }
        }
        pending = rest
    }

    private mutating func settle(_ change: Change) {
        DiskModel.perform(change, on: &durable, except: [])
    }

    /// A folder and those above it, but for the home.
    private func chain(_ folder: Int) -> Set<Int> {
        var (found, next) = (Set<Int>(), folder)
        while next != 0, found.insert(next).inserted { next = parents[next] ?? 0 }
        return found
    }

    /// Does a change to a disk, but for the sectors of `except`.
    static func perform(_ change: Change, on disk: inout [Node], except: [Range<UInt64>]) {
        switch change {
        case .write(let file, let offset, let bytes):
            write(bytes, at: offset, to: &disk[file], except: except)
        case .truncate(let file, let size): truncate(&disk[file], to: Int(size))
        case .names(let names, _):
            for change in names {
                guard case .folder(var entries) = disk[change.folder] else { continue }
                if change.isSet {
                    entries[change.name] = change.node
                } else if entries[change.name] == change.node {
                    entries[change.name] = nil
                }
                disk[change.folder] = .folder(entries)
            }
        }
    }

    private static func truncate(_ node: inout Node, to size: Int) {
        guard case .file(var bytes) = node else { return }
        node = .file([])
        if bytes.count > size {
            bytes.removeLast(bytes.count - size)
        } else {
            bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
        }
        node = .file(bytes)
    }

    private static func write(
        _ data: ArraySlice<UInt8>, at offset: UInt64, to node: inout Node,
        except: [Range<UInt64>]
    ) {
        guard case .file(var bytes) = node else { return }
        node = .file([])
        var parts = [offset..<offset + UInt64(data.count)]
        for hole in except {
            parts = parts.flatMap { part -> [Range<UInt64>] in
                guard part.overlaps(hole) else { return [part] }
                return [
                    part.lowerBound..<max(part.lowerBound, hole.lowerBound),
                    min(part.upperBound, hole.upperBound)..<part.upperBound,
                ].filter { !$0.isEmpty }
            }
        }
        for part in parts {
            let end = Int(part.upperBound)
            if bytes.count < end {
                bytes.append(contentsOf: repeatElement(0, count: end - bytes.count))
            }
            let start = data.startIndex + Int(part.lowerBound - offset)
            bytes.replaceSubrange(
                Int(part.lowerBound)..<end, with: data[start..<start + part.count])
        }
        node = .file(bytes)
    }
}
