/// BLAKE3-256 of bytes in memory: the hash that names every blob (`b3sum FILE` prints it).
public enum Blake3 {
    /// The hash of `bytes`.
    public static func hash(_ bytes: RawSpan) -> Digest {
        Kernels.blake3(bytes)
    }

    /// The hash of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> Digest {
        Kernels.blake3(bytes.span.bytes)
    }
}
