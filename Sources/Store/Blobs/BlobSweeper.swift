import Genome
import Host
import Wire

/// Puts right what a crash left half done among the blob files. Runs once, when a home opens.
public enum BlobSweeper {
    /// Removes drafts of imports, finishes completions that were cut off after their rename.
    /// Returns the blobs whose completion was finished: the index marks them complete.
    static func run(_ layout: Layout) throws(StoreError) -> [Digest] {
        var finished: [Digest] = []
        let entries = try onDisk { () throws(SystemError) in try Directory.list(layout.parts) }
        for entry in entries where entry.kind == .file {
            let path = "\(layout.parts)/\(entry.name)"
            if entry.name.hasPrefix(BlobDraft.namePrefix) || entry.name.hasSuffix(".new") {
                try onDisk { () throws(SystemError) in try Directory.removeFile(path) }
                continue
            }
            let parts = entry.name.split(separator: ".")
            guard parts.count == 2, let id = Digest(hexadecimal: String(parts[0])),
                parts[1] != "data", !Directory.exists(layout.partData(id)),
                let size = try layout.backend.size(of: .plain(id))
            else { continue }
            try finish(id, size: size, leftover: path, layout: layout)
            if finished.last != id { finished.append(id) }
        }
        return finished
    }

    private static func finish(
        _ id: Digest, size: UInt64, leftover path: String, layout: Layout
    ) throws(StoreError) {
        try onDisk { () throws(SystemError) in
            let isLeaves = path == layout.partLeaves(id)
            let wanted = UInt64(HashTree.leafCount(size: size) * HashTree.valueBytes)
            if isLeaves, Layout.keepsTree(size: size),
                try File.facts(of: path).size == wanted
            {
                try BlobPlace.move(try File(path, .read), to: layout.tree(id))
            } else {
                try Directory.removeFile(path)
            }
        }
    }

    /// Every complete blob, from the folders themselves.
    static func objects(_ layout: Layout) throws(StoreError) -> [StoredBlob] {
        var found = try layout.backend.list(.plain).map { id, size in
            StoredBlob(
                id: id, size: size, form: .raw,
                stored: Index.storedBytes(fileBytes: size, size: size))
        }
        let raw = Set(found.map(\.id))
        for (id, bytes) in try layout.backend.list(.coded) where !raw.contains(id) {
            guard let header = try CodedFile.header(of: id, layout: layout) else { continue }
            found.append(
                StoredBlob(
                    id: id, size: header.size, form: .coded,
                    stored: Index.storedBytes(fileBytes: bytes, size: header.size),
                    parents: header.parents))
        }
        guard Directory.exists(layout.references) else { return found }
        for (id, bytes) in try files(below: layout.references) where !raw.contains(id) {
            guard let reference = try? InPlaceFile.reference(of: id, layout: layout) else {
                continue
            }
            found.append(
                StoredBlob(
                    id: id, size: reference.size, form: .inPlace,
                    stored: Index.storedBytes(fileBytes: bytes, size: reference.size)))
        }
        return found
    }

    /// Every blob of which a part is here, with its whole size.
    static func parts(_ layout: Layout) throws(StoreError) -> [BlobReference] {
        try onDisk { () throws(SystemError) in
            var found: [BlobReference] = []
            for entry in try Directory.list(layout.parts) where entry.kind == .file {
                let parts = entry.name.split(separator: ".")
                guard parts.count == 2, parts[1] == "data",
                    let id = Digest(hexadecimal: String(parts[0]))
                else { continue }
                let size = try File.facts(of: "\(layout.parts)/\(entry.name)").size
                found.append(BlobReference(blob: id, size: size))
            }
            return found
        }
    }

    /// The files named by an id in two levels of folders, with the bytes of each.
    static func files(
        below folder: String
    ) throws(StoreError) -> [(blob: Digest, bytes: UInt64)] {
        try onDisk { () throws(SystemError) in
            var found: [(blob: Digest, bytes: UInt64)] = []
            for first in try Directory.list(folder) where first.kind == .folder {
                let outer = "\(folder)/\(first.name)"
                for second in try Directory.list(outer) where second.kind == .folder {
                    let inner = "\(outer)/\(second.name)"
                    for entry in try Directory.list(inner) where entry.kind == .file {
                        guard let id = Digest(hexadecimal: entry.name) else { continue }
                        found.append((id, try File.facts(of: "\(inner)/\(entry.name)").size))
                    }
                }
            }
            return found
        }
    }
}

/// A complete blob as its folder shows it.
struct StoredBlob: Equatable {
    /// The blob.
    let id: Digest
    /// Number of its bytes.
    let size: UInt64
    /// How they rest.
    let form: BlobForm
    /// Bytes that it takes, with its leaf values.
    let stored: UInt64
    /// What a coded one draws on.
    var parents: [CodedHeader.Parent] = []
}
