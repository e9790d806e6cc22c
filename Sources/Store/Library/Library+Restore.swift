import Genome
import Host
import Wire

/// Making an index that came from elsewhere agree with the files that came with it.
extension Library {
    /// What a backup left out is forgotten where it was only cached or not complete, and to be
    /// fetched again where it was meant to stay; the layers of which something is to be fetched.
    @discardableResult
    public func reconcile() throws(StoreError) -> [Digest] {
        let objects = Dictionary(
            try BlobSweeper.objects(layout).map { ($0.id, $0) }, uniquingKeysWith: { one, _ in one }
        )
        for layer in try index.layers()
        where layer.origin == .fetched && objects[layer.id] == nil {
            try index.forget(layer: layer.id)
        }
        for row in try index.blobs() {
            if let object = objects[row.id], object.size == row.size {
                try index.settle(object)
            } else if try index.layers(listing: row.id).isEmpty, try !isClaimed(row.id) {
                try discard(row.id)
            } else if row.state != .partial {
                try reopen(row.id, size: row.size)
            }
        }
        try recoverUnlisted()
        return try damagedLayers()
    }
}

extension Index {
    /// Forgets a fetched layer without its blobs, as an eviction does.
    fileprivate func forget(layer: Digest) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.transaction { () throws(StoreError) in
                let blobs = try Self.blobs(of: layer, connection)
                try Self.remove(layer, connection)
                try Self.classify(blobs, connection)
            }
        }
    }

    /// Notes how a complete blob rests.
    fileprivate func settle(_ blob: StoredBlob) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.run(
                "UPDATE blobs SET state=max(state, 1), form=?, stored=? WHERE id=?",
                [.integer(blob.form.rawValue), SQLValue(blob.stored), SQLValue(blob.id)])
            try Self.put(blob.parents, of: blob.id, connection)
        }
    }
}
