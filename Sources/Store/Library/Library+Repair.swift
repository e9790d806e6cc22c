import Host
import Wire

/// Making a damaged blob whole again: its sound groups are kept, the others fetched anew.
extension Library {
    /// Turns a complete blob that is damaged or gone into a partial one that lacks its damaged
    /// groups, whose bytes are set aside in `store/quarantine`; the next fetch of the layer brings
    /// them. `size` is what the manifest says. Returns the groups that are missing now. Where
    /// something cannot be read and nothing proves damage, as by a process with too many open
    /// files, nothing is changed.
    @discardableResult
    public func reopen(_ blob: Digest, size: UInt64) throws(StoreError) -> [Int] {
        guard let entry = try index.blob(blob), entry.state != .partial else {
            throw .missing("blob \(blob)")
        }
        guard size <= Limits.blobBytesMax else { throw .refused("a blob has at most 1 TiB") }
        if entry.form == .inPlace { return try reopenInPlace(blob, size: size) }
        let groupCount = HashTree.groupCount(size: size)
        var sound = GroupSet(count: groupCount)
        let opened = try unlessDamaged { () throws(StoreError) in
            try BlobReader(blob, layout: layout)
        }
        guard let reader = opened, reader.size == size, let layer = try reader.provenLayer() else {
            // Nothing of it can be believed. Its place is empty before the row says that it is
            // partial: of a partial blob the bytes in its place are those of a whole one.
            for name in [ObjectName.plain(blob), .coded(blob)] { try setAside(name) }
            if Directory.exists(layout.tree(blob)) { try setAside(treeOf: blob) }
            try index.reopen(blob, size: size, groups: sound)
            return sound.missing
        }
        let damaged = Set(try reader.verify())
        if damaged.isEmpty { return [] }
        for group in 0..<groupCount where !damaged.contains(group) { sound.insert(group) }
        for group in damaged { try setAside(group, of: reader) }
        // The files first: bytes in the place of a partial blob would count as whole at the next
        // opening, while a complete blob that lacks them is found wanting.
        try moveBack(reader, layer, sound)
        try index.reopen(blob, size: size, groups: sound)
        return sound.missing
    }

    /// Gives up a file of the owner's: the bytes are to be fetched into the store.
    private func reopenInPlace(_ blob: Digest, size: UInt64) throws(StoreError) -> [Int] {
        let none = GroupSet(count: HashTree.groupCount(size: size))
        try index.reopen(blob, size: size, groups: none)
        for path in [layout.reference(blob), layout.tree(blob)] where Directory.exists(path) {
            try onDisk { () throws(SystemError) in try Directory.removeFile(path) }
        }
        return none.missing
    }

    /// Moves an object into the quarantine, if it is there.
    private func setAside(_ name: ObjectName) throws(StoreError) {
        let place = "\(name.blob).\(name.form).\(Clock.wallMilliseconds())"
        do throws(StoreError) {
            try layout.backend.take(name, to: "\(layout.quarantine)/\(place)")
        } catch .missing {
            return
        }
        try onDisk { () throws(SystemError) in try Directory.sync(layout.quarantine) }
        try layout.backend.sync([name])
    }

    private func setAside(treeOf blob: Digest) throws(StoreError) {
        let path = layout.tree(blob)
        let place = "\(layout.quarantine)/\(blob).tree.\(Clock.wallMilliseconds())"
        try onDisk { () throws(SystemError) in
            try Directory.rename(path, to: place)
            try Directory.sync(layout.quarantine)
            try Directory.sync(Layout.folder(of: path))
        }
    }

    private func setAside(_ group: Int, of reader: BlobReader) throws(StoreError) {
        let buffer = Buffer(capacity: HashTree.groupBytes)
        guard let count = try reader.readable(group: group, into: buffer) else { return }
        let path = "\(layout.quarantine)/\(reader.id).\(group).\(Clock.wallMilliseconds())"
        try DurableFile.write(buffer.bytes(0..<count), to: path)
    }

    private func moveBack(
        _ reader: BlobReader, _ layer: GroupLayer, _ sound: GroupSet
    ) throws(StoreError) {
        let id = reader.id
        if layer.count > 1 { try DurableFile.write(layer.values, to: layout.partGroups(id)) }
        if Layout.keepsTree(size: reader.size) {
            let leaves = try reader.leafValues(ofGroups: 0..<layer.count)
            try DurableFile.write(leaves, to: layout.partLeaves(id))
        }
        guard case .raw = reader.source else { return try moveBackCoded(reader, sound) }
        try layout.backend.take(.plain(id), to: layout.partData(id))
        try onDisk { () throws(SystemError) in
            try File(layout.partData(id), .read).setMode(0o600)
            try Directory.sync(layout.parts)
        }
        try layout.backend.sync([.plain(id)])
    }

    /// The sound groups of a coded blob become the partial one's bytes.
    private func moveBackCoded(
        _ reader: BlobReader, _ sound: GroupSet
    ) throws(StoreError) {
        let path = layout.partData(reader.id)
        let file = try onDisk(bytes: reader.size) { () throws(SystemError) in
            let file = try File(path, .create, mode: 0o600)
            try file.resize(to: reader.size)
            return file
        }
        let buffer = Buffer(capacity: HashTree.groupBytes)
        for group in 0..<reader.groupCount where sound.contains(group) {
            let count = try reader.read(group: group, into: buffer)
            let offset = HashTree.groupRange(group, size: reader.size).lowerBound
            try onDisk(bytes: reader.size) { () throws(SystemError) in
                try file.write(buffer, count: count, offset: offset)
            }
        }
        try onDisk { () throws(SystemError) in
            try file.sync()
            try Directory.sync(layout.parts)
        }
        try setAside(.coded(reader.id))
    }
}
