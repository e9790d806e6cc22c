import Host
import Wire

/// Single leaves of a blob, as storage challenges want them.
extension BlobReader {
    /// A leaf, once it was found to be what the blob's id says; nil where it is not.
    public func provenLeaf(
        _ index: Int, of layer: GroupLayer
    ) throws(StoreError) -> [UInt8]? {
        let range = HashTree.leafRange(index, size: size)
        let read = try unlessDamaged { () throws(StoreError) -> [UInt8] in try self.bytes(range) }
        guard let bytes = read else { return nil }
        let group = index / HashTree.leavesPerGroup
        let values = try leafValues(ofGroups: group..<group + 1)
        return layer.isLeaf(bytes.span.bytes, index, leafValues: values) ? bytes : nil
    }

    /// The proof of one leaf as `RangeProof` writes it.
    public func leafProof(_ index: Int, of layer: GroupLayer) throws(StoreError) -> [UInt8] {
        let group = index / HashTree.leavesPerGroup
        let values = try leafValues(ofGroups: group..<group + 1)
        var writer = Writer()
        do {
            let range = HashTree.leafRange(index, size: size)
            try RangeProof(range, layer: layer, leafValues: values).write(to: &writer)
        } catch {
            throw .damaged("blob \(id)")
        }
        return writer.bytes
    }
}
