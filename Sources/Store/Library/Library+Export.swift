import Genome
import Host
import Wire

/// Getting the files of a layer out: as copies in any folder, or as links into the store.
extension Library {
    /// Writes the files of a layer below `folder`, sharing blocks where the file system can. A
    /// file that is there with the same bytes stays; one with other bytes stops everything before
    /// the first byte is written. Every byte is checked on the way. Returns the paths written or
    /// found.
    @discardableResult
    public func export(
        _ layer: Digest, to folder: String, progress: (UInt64) -> Void = { _ in }
    ) throws(StoreError) -> [String] {
        try LayerExport(layout: layout, files: try presentFiles(of: layer))
            .run(to: folder, progress: progress)
    }

    /// The files of a layer that are here. Evidence counts as a whole: a part of it, which is here
    /// because another file has the same bytes, would only confuse.
    public func presentFiles(of layer: Digest) throws(StoreError) -> [LayerFile] {
        guard try index.layer(layer) != nil else { throw .missing("layer \(layer)") }
        var present: [LayerFile] = []
        var isEvidenceHere = true
        let held = try index.heldFiles(of: layer)
        for file in try index.files(of: layer) {
            if held.contains(file.blob) {
                present.append(file)
            } else if file.isEvidence {
                isEvidenceHere = false
            } else {
                throw .missing("file \(file.path)")
            }
        }
        return isEvidenceHere ? present : present.filter { !$0.isEvidence }
    }

    // MARK: Links

    /// Makes the folder of read-only links through which programs open a layer where it lies, and
    /// gives its path. The links are relative: the home can be moved.
    public func link(_ layer: Digest) throws(StoreError) -> String {
        guard let entry = try index.layer(layer) else { throw .missing("layer \(layer)") }
        let files = try presentFiles(of: layer)
        try makeReady(layer, for: .linked)
        let folder = linkFolder(entry)
        let draft = "\(folder).new"
        try onDisk { () throws(SystemError) in
            for old in [draft, folder] where Directory.exists(old) {
                try Directory.removeTree(old)
            }
            var made: Set<String> = []
            try Directory.create(draft)
            for file in files {
                let path = "\(draft)/\(file.path)"
                let parent = Layout.folder(of: path)
                if made.insert(parent).inserted { try Directory.create(parent) }
                // Up from the file's folder to the home: its own folders, the layer's, `layers`.
                let up = String(repeating: "../", count: file.path.folders.count + 2)
                let place = layout.plainPath(file.blob)
                let isInside = place.hasPrefix(layout.home + "/")
                try Directory.link(
                    path,
                    to: isInside ? up + place.dropFirst(layout.home.utf8.count + 1) : place)
            }
            try Directory.rename(draft, to: folder)
        }
        return folder
    }

    private func linkFolder(_ entry: LayerEntry) -> String {
        "\(layout.layers)/\(entry.name)@\(entry.version)-\(entry.id.hexadecimal.prefix(8))"
    }

    func unlink(_ entry: LayerEntry) throws(StoreError) {
        let folder = linkFolder(entry)
        guard Directory.exists(folder) else { return }
        try onDisk { () throws(SystemError) in try Directory.removeTree(folder) }
    }
}
