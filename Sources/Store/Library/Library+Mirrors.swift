import Genome
import Host
import Wire

/// Keeping layers as a mirror.
extension Library {
    /// Bytes for which there is room as a mirror: within the quota of that class and that of all,
    /// and on the disk. What is only cached gives way to it.
    public func mirrorRoom() throws(StoreError) -> UInt64 {
        let accounts = try index.accounts()
        let (free, floor, _) = try space()
        let disk = (free > floor ? free - floor : 0) + accounts.used(.cache)
        func rest(_ quota: UInt64?, _ used: UInt64) -> UInt64 {
            quota.map { $0 - min($0, used) } ?? .max
        }
        return min(
            disk, rest(try index.quota(.mirrored), accounts.used(.mirrored)),
            rest(try index.quota(), accounts.used(.own) + accounts.used(.mirrored)))
    }

    /// Keeps a layer as a mirror, whether it is here or still comes. Of one that still comes its
    /// manifest alone is known until it was read.
    public func mirror(_ layer: Digest) throws(StoreError) {
        var blobs = [layer]
        if let manifest = try manifest(of: layer) { blobs += manifest.blobsToFetch.map(\.blob) }
        try index.mirror(blobs, of: layer)
    }

    /// The same for the blobs of a manifest that has come.
    public func mirror(blobsOf manifest: Manifest) throws(StoreError) {
        try index.mirror(
            [manifest.layer] + manifest.blobsToFetch.map(\.blob), of: manifest.layer)
    }

    /// Lets a layer be one that is only cached; nothing is removed at once.
    public func unmirror(_ layer: Digest) throws(StoreError) { try index.unmirror(layer) }
}
