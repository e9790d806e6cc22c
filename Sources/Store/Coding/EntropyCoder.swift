import CZstd

/// Zstandard (RFC 8878) as an entropy coder: mostly without its search for repetitions, which on
/// weights finds chance matches that cost more than they save.
final class EntropyCoder {
    /// Bytes of a block: one Huffman table each.
    private static let blockBytes = 65_536

    private let compressor: OpaquePointer
    private let decompressor: OpaquePointer
    private var blocks: [ZSTD_Sequence] = []

    /// A coder; nil where there is no memory for it.
    init?() {
        guard let compressor = ZSTD_createCCtx() else { return nil }
        guard let decompressor = ZSTD_createDCtx() else {
            ZSTD_freeCCtx(compressor)
            return nil
        }
        self.compressor = compressor
        self.decompressor = decompressor
    }

    deinit {
        ZSTD_freeCCtx(compressor)
        ZSTD_freeDCtx(decompressor)
    }

    /// One frame of literals alone, with a new table at each cut (ascending) and every 64 KiB. The
    /// bytes written; nil if they do not fit.
    func literals(
        _ source: UnsafePointer<UInt8>, _ count: Int, cuts: [Int],
        into target: UnsafeMutablePointer<UInt8>, capacity: Int
    ) -> Int? {
        blocks.removeAll(keepingCapacity: true)
        var (position, cut) = (0, 0)
        while position < count {
            var end = min(position + Self.blockBytes, count)
            while cut < cuts.count, cuts[cut] <= position { cut += 1 }
            if cut < cuts.count { end = min(end, cuts[cut]) }
            blocks.append(
                ZSTD_Sequence(
                    offset: 0, litLength: UInt32(end - position), matchLength: 0, rep: 0))
            position = end
        }
        reset(level: 1)
        ZSTD_CCtx_setParameter(
            compressor, ZSTD_c_experimentalParam11,
            Int32(ZSTD_sf_explicitBlockDelimiters.rawValue))
        let size = ZSTD_compressSequences(
            compressor, target, capacity, blocks, blocks.count, source, count)
        return ZSTD_isError(size) == 0 ? size : nil
    }

    /// One ordinary frame, for planes that do repeat.
    func matches(
        _ source: UnsafePointer<UInt8>, _ count: Int, level: Int32,
        into target: UnsafeMutablePointer<UInt8>, capacity: Int
    ) -> Int? {
        reset(level: level)
        let size = ZSTD_compress2(compressor, target, capacity, source, count)
        return ZSTD_isError(size) == 0 ? size : nil
    }

    private func reset(level: Int32) {
        ZSTD_CCtx_reset(compressor, ZSTD_reset_session_and_parameters)
        ZSTD_CCtx_setParameter(compressor, ZSTD_c_compressionLevel, level)
    }

    /// Decodes one frame that has exactly `count` bytes; false if it has not.
    func decode(
        _ source: UnsafePointer<UInt8>, _ size: Int, into target: UnsafeMutablePointer<UInt8>,
        count: Int
    ) -> Bool {
        // Several frames in a row would decode too: one is what an encoder writes.
        guard ZSTD_findFrameCompressedSize(source, size) == size else { return false }
        return ZSTD_decompressDCtx(decompressor, target, count, source, size) == count
    }
}
