import Host
import Wire

/// Room for what an import brings, whose blobs are known only at its end.
extension Index {
    /// Makes room for `bytes` of something whose blobs are not known yet, such as an import, and
    /// with `promising` counts them from now on. No disk is waited for, since promises end with the
    /// process, unless something has to give way: then its rows are gone for certain before
    /// anybody touches its files.
    func makeRoom(
        for bytes: UInt64, of blobClass: BlobClass, disk: UInt64, now: UInt64,
        promising: Bool = false
    ) throws(StoreError) -> Eviction {
        try connection.withLock { connection throws(StoreError) in
            let eviction = try connection.softly { () throws(StoreError) in
                try connection.transaction { () throws(StoreError) in
                    let eviction = try Self.makeRoom(
                        [blobClass: bytes], disk: disk, now: now, connection)
                    if promising {
                        try Self.promise(Int64(clamping: bytes), blobClass, connection)
                    }
                    return eviction
                }
            }
            if !eviction.layers.isEmpty { try Self.makeDurable(connection) }
            return eviction
        }
    }

    /// Takes back what was promised and not used, waiting for no disk.
    func endPromise(_ bytes: UInt64, for blobClass: BlobClass) throws(StoreError) {
        try connection.withLock { connection throws(StoreError) in
            try connection.softly { () throws(StoreError) in
                try Self.promise(-Int64(clamping: bytes), blobClass, connection)
            }
        }
    }
}
