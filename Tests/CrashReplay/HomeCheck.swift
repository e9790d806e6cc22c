import Foundation
import Host
import Store
import Wire

/// Opens a home as the product does and says what is wrong with it.
public struct HomeCheck {
    /// The bytes of every blob that the traced process had, by id.
    public let contents: [Digest: [UInt8]]
    private let key: SigningKey

    /// A check of homes of `key`.
    public init(contents: [Digest: [UInt8]], key: SigningKey) {
        self.contents = contents
        self.key = key
    }

    /// Everything that is not as it must be; none for a sound home. The home is opened twice.
    public func faults(of path: String, owing promises: StorePromises) -> [String] {
        var first = ""
        for round in 1...2 {
            do {
                let home = try Self.open(path)
                let library = try Library(home, key: key)
                // Bytes are read at the first opening; the second must find the same files.
                var faults = try strays(library)
                if round == 1 { faults += try rows(library) + owed(library, promises) }
                if !faults.isEmpty { return faults.map { "opening \(round): \($0)" } }
                let state = try Self.state(library)
                if round == 1 {
                    first = state
                } else if state != first {
                    return ["the second opening differs: \(first) | \(state)"]
                }
            } catch {
                return ["opening \(round) failed: \(error)"]
            }
        }
        return []
    }

    /// Opens a home. A process that another test starts has this one's open files for an instant,
    /// and with them the lock.
    private static func open(_ path: String) throws -> Home {
        for _ in 0..<100 {
            do throws(StoreError) {
                return try Home.create(at: path)
            } catch {
                guard case .inUse = error else { throw error }
                usleep(10_000)
            }
        }
        return try Home.create(at: path)
    }

    /// What is listed is there, byte for byte.
    private func rows(_ library: Library) throws -> [String] {
        var faults: [String] = []
        let layout = library.layout
        for entry in try library.index.blobs() {
            if entry.state != .partial {
                if !isWhole(entry, layout) { faults.append("\(entry.id) is listed and not sound") }
                continue
            }
            guard let marked = try library.index.durableGroups(of: entry.id, size: entry.size)
            else { continue }
            if marked.presentCount == 0 { continue }
            guard let data = try? File(layout.partData(entry.id), .read).readAll(limit: 1 << 30)
            else {
                faults.append("groups of \(entry.id) have no file")
                continue
            }
            let leaves = try? File(layout.partLeaves(entry.id), .read).readAll(limit: 1 << 30)
            // Marks are not believed where one of the two files is missing.
            if leaves == nil, marked.count > 1 { continue }
            // Of one group the id itself is the proof.
            guard let bytes = contents[entry.id] ?? (Blake3.hash(data) == entry.id ? data : nil)
            else {
                faults.append("\(marked.presentCount) groups of \(entry.id) cannot be right")
                continue
            }
            for group in 0..<marked.count where marked.contains(group) {
                let range = HashTree.groupRange(group, size: entry.size)
                let places = Int(range.lowerBound)..<Int(range.upperBound)
                guard data.count >= places.upperBound, data[places] == bytes[places] else {
                    faults.append("group \(group) of \(entry.id) is marked and not there")
                    continue
                }
                if marked.count == 1 { continue }
                let values = HashTree.leafValues(
                    of: Array(bytes[places]).span.bytes, groupIndex: group,
                    isOnlyGroup: false)
                let start =
                    HashTree.leaves(ofGroup: group, size: entry.size).lowerBound
                    * HashTree.valueBytes
                let end = start + values.count
                if (leaves?.count ?? 0) < end || leaves.map({ Array($0[start..<end]) }) != values {
                    faults.append("leaf values of group \(group) of \(entry.id) are wrong")
                }
            }
        }
        return faults
    }

    private func isWhole(_ entry: BlobEntry, _ layout: Layout) -> Bool {
        guard let reader = try? BlobReader(entry.id, layout: layout), reader.size == entry.size
        else { return false }
        let limit = Int(entry.size)
        guard let bytes = try? reader.readAll(limit: limit) else { return false }
        guard entry.size > UInt64(HashTree.leafBytes) else { return true }
        let groups = 0..<reader.groupCount
        guard let values = try? reader.leafValues(ofGroups: groups) else { return false }
        var hasher = TreeHasher()
        hasher.update(bytes.span.bytes)
        return hasher.finish().leafValues == values
    }

    /// The files in which a complete blob may rest, those that are there.
    private static func places(of id: Digest, _ layout: Layout) -> [String] {
        [ObjectName.plain(id), .coded(id)].compactMap(layout.backend.localPath)
            + [layout.reference(id)]
    }

    /// What was answered holds, and nothing that was removed came back.
    private func owed(_ library: Library, _ promises: StorePromises) throws -> [String] {
        var faults: [String] = []
        let blobs = Dictionary(
            uniqueKeysWithValues: try library.index.blobs().map { ($0.id, $0) })
        for (id, duty) in promises.blobs {
            let isHere = blobs[id].map { $0.state != .partial } ?? false
            if duty == .here && !isHere { faults.append("blob \(id) is lost") }
            let layout = library.layout
            let exists = Self.places(of: id, layout).contains(where: Directory.exists)
            if duty == .gone && (blobs[id] != nil || exists) {
                faults.append("blob \(id) came back: listed \(blobs[id] != nil), there \(exists)")
            }
        }
        for (id, bits) in promises.groups {
            guard let entry = blobs[id] else {
                faults.append("partial blob \(id) is lost")
                continue
            }
            if entry.state != .partial { continue }
            let kept = try library.index.durableGroups(of: id, size: entry.size)?.bytes ?? []
            let isKept = zip(bits, kept).allSatisfy { $0 & ~$1 == 0 }
            if !isKept || kept.count != bits.count { faults.append("groups of \(id) are lost") }
        }
        let layers = Set(try library.index.layers().map(\.id))
        for (id, duty) in promises.layers where duty != .either {
            if layers.contains(id) != (duty == .here) { faults.append("layer \(id): not \(duty)") }
        }
        let pins = Set(try library.index.pins())
        for (id, duty) in promises.pins where duty != .either {
            if pins.contains(id) != (duty == .here) { faults.append("pin of \(id): not \(duty)") }
        }
        for layer in layers {
            if try library.manifest(of: layer) == nil {
                faults.append("layer \(layer) is not sound")
            }
        }
        if try library.index.appliedSequence() != library.journal.count {
            faults.append("index and journal differ")
        }
        return faults
    }

    /// The disk holds what is listed and nothing else: the sums are the same.
    private func strays(_ library: Library) throws -> [String] {
        let layout = library.layout
        var faults: [String] = []
        let entries = try library.index.blobs()
        let listed = Dictionary(uniqueKeysWithValues: entries.map { ($0.id, $0) })
        for (folder, form) in [("obj", BlobForm.raw), ("coded", .coded), ("ref", .inPlace)] {
            for path in try Self.files("\(layout.home)/store/\(folder)", "") {
                let name = path.split(separator: "/").last.map { String($0) } ?? ""
                let entry = Digest(hexadecimal: name).flatMap { listed[$0] }
                if entry?.state ?? .partial == .partial || entry?.form != form {
                    faults.append("\(folder)\(path) is on disk and not listed as here")
                }
            }
        }
        for entry in try Directory.list("\(layout.home)/store/part") {
            let id = Digest(hexadecimal: String(entry.name.prefix(64)))
            let isOwn = id.flatMap { listed[$0] }.map { $0.state == .partial } ?? false
            if !isOwn { faults.append("part/\(entry.name) belongs to nothing") }
        }
        for path in try Self.files("\(layout.home)/store/tree", "") {
            let name = path.split(separator: "/").last.map { String($0) } ?? ""
            let entry = Digest(hexadecimal: name).flatMap { listed[$0] }
            if entry == nil || entry?.state == .partial {
                faults.append("tree\(path) belongs to nothing")
            }
        }
        let sum = entries.reduce(UInt64(0)) { $0 + $1.stored }
        if try library.index.usedBytes() != sum { faults.append("the sum of bytes is wrong") }
        if try library.index.accounts().rows != library.index.countedAccounts() {
            faults.append("the accounts are not the sums of their rows")
        }
        for entry in entries where entry.state != .partial {
            let files = Self.places(of: entry.id, layout) + [layout.tree(entry.id)]
            let bytes = files.reduce(UInt64(0)) { $0 + ((try? File.facts(of: $1).size) ?? 0) }
            if bytes != entry.stored {
                faults.append("\(entry.id) takes \(bytes) bytes, \(entry.stored) are counted")
            }
        }
        let trash = try Self.files("\(layout.home)/store/trash", "")
        if !trash.isEmpty { faults.append("\(trash.count) files are left in the trash") }
        return faults
    }

    private static func files(_ root: String, _ path: String) throws -> [String] {
        guard Directory.exists(root + path) else { return [] }
        return try Directory.list(root + path).flatMap { entry in
            entry.kind == .folder
                ? try files(root, "\(path)/\(entry.name)") : ["\(path)/\(entry.name)"]
        }
    }

    /// All that must be the same at the next opening.
    private static func state(_ library: Library) throws -> String {
        let blobs = try library.index.blobs().map { entry in
            let groups = try library.index.durableGroups(of: entry.id, size: entry.size)
            return "\(entry.id.hexadecimal.prefix(8)) \(entry.state) \(entry.size) "
                + Hexadecimal.encode(groups?.bytes ?? [])
        }
        let files = try files("\(library.layout.home)/store", "")
        return "\(blobs) \(files) \(try library.index.layers().map(\.id)) "
            + "\(try library.index.pins()) \(library.journal.count)"
    }
}
