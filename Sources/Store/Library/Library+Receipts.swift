import Wire

extension Library {
    /// Keeps a receipt of a storage challenge whose signatures were checked; one that is here
    /// already changes nothing.
    public func add(receipt: StorageReceipt, isPublic: Bool) throws(StoreError) {
        try record(.receipt(receipt.bytes, isPublic: isPublic))
    }
}
