import Host
import Wire

/// Making a damaged blob whole again: its sound groups are kept, the others fetched anew.
extension Library {
    /// Turns a complete blob that is damaged or gone into a partial one that lacks its damaged
    /// groups, whose bytes are set aside in `store/quarantine`; the next fetch of the layer brings
    /// them. `size` is what the manifest says. Returns the groups that are missing now.
    @discardableResult
    public func reopen(_ blob: Digest, size: UInt64) throws(StoreError) -> [Int] {
        guard let entry = try index.blob(blob), entry.state != .partial else {
            throw .missing("blob \(blob)")
        }
        guard size <= Limits.blobBytesMax else { throw .refused("a blob has at most 1 TiB") }
        let groupCount = HashTree.groupCount(size: size)
        var sound = GroupSet(count: groupCount)
        guard let reader = try? BlobReader(blob, layout: layout), reader.size == size,
            let layer = try? reader.layer()
        else {
            // Nothing of it can be believed.
            try index.reopen(blob, size: size, groups: sound)
            for path in [layout.object(blob), layout.tree(blob)] where Directory.exists(path) {
                try setAside(path)
            }
            return sound.missing
        }
        let damaged = Set(reader.verify())
        if damaged.isEmpty { return [] }
        for group in 0..<groupCount where !damaged.contains(group) { sound.insert(group) }
        for group in damaged { try setAside(group, of: reader) }
        // The index first: a partial blob without files is fetched whole, a complete one that is
        // damaged would be believed.
        try index.reopen(blob, size: size, groups: sound)
        try moveBack(reader, layer)
        return sound.missing
    }

    private func setAside(_ path: String) throws(StoreError) {
        let name = path.dropFirst(Layout.folder(of: path).utf8.count + 1)
        let stamp = Clock.wallMilliseconds()
        try onDisk { () throws(SystemError) in
            try Directory.rename(path, to: "\(layout.quarantine)/\(name).\(stamp)")
        }
    }

    private func setAside(_ group: Int, of reader: BlobReader) throws(StoreError) {
        let buffer = Buffer(capacity: HashTree.groupBytes)
        guard let count = try? reader.read(group: group, into: buffer) else { return }
        let path = "\(layout.quarantine)/\(reader.id).\(group).\(Clock.wallMilliseconds())"
        try DurableFile.write(buffer.bytes(0..<count), to: path)
    }

    private func moveBack(_ reader: BlobReader, _ layer: GroupLayer) throws(StoreError) {
        let id = reader.id
        if layer.count > 1 { try DurableFile.write(layer.values, to: layout.partGroups(id)) }
        if Layout.keepsTree(size: reader.size) {
            let leaves = try reader.leafValues(ofGroups: 0..<layer.count)
            try DurableFile.write(leaves, to: layout.partLeaves(id))
        }
        try onDisk { () throws(SystemError) in
            try reader.file.setMode(0o600)
            try Directory.rename(layout.object(id), to: layout.partData(id))
            try Directory.sync(layout.parts)
            try Directory.sync(Layout.folder(of: layout.object(id)))
        }
    }
}
