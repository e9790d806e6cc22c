import Host

/// How much of a disk a store may fill.
///
/// A full disk harms everything else on the machine, so a twentieth of it, at least 2 GiB, stays
/// free; on a small disk never more than a tenth.
public enum Space {
    /// Bytes that stay free on a disk of `total` bytes.
    static func floor(total: UInt64) -> UInt64 {
        min(max(total / 20, 2 << 30), total / 10)
    }

    /// Refuses to start writing `bytes` below `path` if they would eat into the floor.
    public static func require(_ bytes: UInt64, at path: String) throws(StoreError) {
        let space = try onDisk { () throws(SystemError) in try Directory.space(at: path) }
        let kept = floor(total: space.total)
        guard space.free >= kept, bytes <= space.free - kept else {
            throw .diskFull(path: path, bytes: bytes)
        }
    }
}
