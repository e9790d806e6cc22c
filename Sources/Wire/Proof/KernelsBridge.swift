import CKernels

/// The one bridge to the C kernels: every call that takes a pointer is here.
///
/// All functions check their argument sizes by precondition: sizes are ours, never a peer's.
public enum Kernels {
    /// The instruction sets that the kernels know, in ascending order.
    public enum Level: Int32, CaseIterable, Sendable {
        /// Four lanes in the compiler's baseline vectors.
        case portable = 0
        /// Eight lanes of AVX2.
        case avx2 = 1
        /// Sixteen lanes of AVX-512.
        case avx512 = 2
    }

    /// The level in use: the best that the CPU has, unless `PLASMID_KERNELS` names a lower one.
    public static var level: Level {
        Level(rawValue: plasmid_kernels_level()) ?? .portable
    }

    /// Whether SHA-256 runs on the CPU's own instructions.
    public static var hasSha256Instructions: Bool {
        plasmid_sha256_is_accelerated() != 0
    }

    /// Uses `level` from now on; false if the CPU lacks it. All levels give the same results:
    /// this is for the tests that prove it and for the benchmark that compares them.
    public static func force(_ level: Level) -> Bool {
        plasmid_kernels_force(level.rawValue) != 0
    }

    // MARK: BLAKE3

    static func blake3(_ bytes: RawSpan) -> Digest {
        var output = [UInt8](repeating: 0, count: Digest.byteCount)
        bytes.withUnsafeBytes { input in
            plasmid_blake3_hash(input.baseAddress, input.count, &output)
        }
        return digest(output)
    }

    /// Appends the chaining values of consecutive subtrees of `chunksEach` chunks to `values`;
    /// none of them is a root.
    static func appendSubtreeValues(
        of bytes: RawSpan, chunksEach: Int, firstChunk: UInt64, to values: inout [UInt8]
    ) {
        precondition((1...64).contains(chunksEach) && chunksEach.nonzeroBitCount == 1)
        let bytesEach = chunksEach * 1024
        let start = values.count
        let count = (bytes.byteCount + bytesEach - 1) / bytesEach
        values.append(contentsOf: repeatElement(0, count: count * Digest.byteCount))
        values.withUnsafeMutableBytes { output in
            bytes.withUnsafeBytes { input in
                let target = output.baseAddress?.advanced(by: start)
                let written = plasmid_blake3_subtrees(
                    input.baseAddress, input.count, chunksEach, firstChunk,
                    target?.assumingMemoryBound(to: UInt8.self))
                precondition(written == count)
            }
        }
    }

    /// The value of the node above consecutive 32-byte `values`.
    static func fold(_ values: ArraySlice<UInt8>, isRoot: Bool) -> Digest {
        precondition(!values.isEmpty && values.count.isMultiple(of: Digest.byteCount))
        var scratch = Array(values)
        var output = [UInt8](repeating: 0, count: Digest.byteCount)
        plasmid_blake3_fold(
            &scratch, values.count / Digest.byteCount, isRoot ? 1 : 0, &output)
        return digest(output)
    }

    // MARK: SHA-256

    /// Advances `state` by the whole blocks of `bytes`.
    static func sha256(_ state: inout [UInt32], blocksOf bytes: RawSpan) {
        precondition(state.count == 8 && bytes.byteCount.isMultiple(of: 64))
        bytes.withUnsafeBytes { input in
            plasmid_sha256_blocks(&state, input.baseAddress, input.count / 64)
        }
    }

    private static func digest(_ bytes: [UInt8]) -> Digest {
        guard let digest = Digest(bytes: bytes) else {
            preconditionFailure("the kernels write 32 bytes")
        }
        return digest
    }
}

extension [UInt8] {
    /// Appends the bytes of a span in one copy.
    mutating func append(contentsOf bytes: RawSpan) {
        bytes.withUnsafeBytes { append(contentsOf: $0) }
    }
}
