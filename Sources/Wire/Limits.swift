/// Every limit of the wire formats, with its reason. A peer that exceeds one is refused.
public enum Limits {
    // MARK: Blobs and proofs

    /// Bytes of a blob: 1 TiB. The group layer of such a blob (32 MiB) still fits in memory, and
    /// no file of weights in sight is larger.
    public static let blobBytesMax: UInt64 = 1 << 40

    /// Group values in one page: 1,024 values are 32 KiB, which fits in one frame with its
    /// sibling path.
    public static let pageGroupsMax = 1024

    /// Leaves that one range proof may cover: 4,096 leaves are 64 MiB of data and 128 KiB of
    /// values, small enough to check before the first byte of data is asked for.
    public static let proofLeavesMax = 4096

    /// Values beside the path of a proof: at most two at each level of the tree over 2^26 leaves.
    public static let proofSiblingsMax = 52
}
