/// SHA-256 (FIPS 180-4) of a stream: on the CPU's own instructions where it has them, else by
/// libsodium. The other name of a file: Hugging Face, OCI and BagIt speak it.
public struct Sha256: Sendable {
    private static let blockBytes = 64
    private static let initialState: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
        0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]

    /// Chosen when the stream starts and kept to its end.
    private enum Engine: Sendable {
        case instructions(state: [UInt32], pending: [UInt8], byteCount: UInt64)
        case sodium(SodiumSha256)
    }

    private var engine: Engine

    /// A stream of no bytes.
    public init() {
        self.init(usesInstructions: Kernels.hasSha256Instructions)
    }

    init(usesInstructions: Bool) {
        engine =
            usesInstructions
            ? .instructions(state: Self.initialState, pending: [], byteCount: 0)
            : .sodium(SodiumSha256())
    }

    /// The hash of `bytes` in one call.
    public static func hash(_ bytes: [UInt8]) -> Digest {
        var stream = Sha256()
        stream.update(bytes.span.bytes)
        return stream.finish()
    }

    /// Adds `bytes` to the stream.
    public mutating func update(_ bytes: RawSpan) {
        switch engine {
        case .sodium(var stream):
            stream.update(bytes)
            engine = .sodium(stream)
        case .instructions(var state, var pending, let byteCount):
            // The enum lets go of its arrays so that changing them copies nothing.
            engine = .instructions(state: [], pending: [], byteCount: 0)
            Self.absorb(bytes, state: &state, pending: &pending)
            engine = .instructions(
                state: state, pending: pending, byteCount: byteCount + UInt64(bytes.byteCount))
        }
    }

    private static func absorb(_ bytes: RawSpan, state: inout [UInt32], pending: inout [UInt8]) {
        var start = 0
        if !pending.isEmpty {
            start = min(blockBytes - pending.count, bytes.byteCount)
            pending.append(contentsOf: bytes.extracting(0..<start))
            guard pending.count == blockBytes else { return }
            Kernels.sha256(&state, blocksOf: pending.span.bytes)
            pending.removeAll(keepingCapacity: true)
        }
        let wholeBytes = (bytes.byteCount - start) / blockBytes * blockBytes
        Kernels.sha256(&state, blocksOf: bytes.extracting(start..<start + wholeBytes))
        pending.append(contentsOf: bytes.extracting((start + wholeBytes)..<bytes.byteCount))
    }

    /// The hash of everything added.
    public consuming func finish() -> Digest {
        switch engine {
        case .sodium(var stream):
            return stream.finish()
        case .instructions(var state, var pending, let byteCount):
            pending.append(0x80)
            while pending.count % Self.blockBytes != Self.blockBytes - 8 { pending.append(0) }
            var length = Writer()
            length.write(byteCount * 8)
            pending.append(contentsOf: length.bytes)
            Kernels.sha256(&state, blocksOf: pending.span.bytes)
            var output = Writer()
            for word in state { output.write(word) }
            guard let digest = Digest(bytes: output.bytes) else {
                preconditionFailure("eight words are 32 bytes")
            }
            return digest
        }
    }
}
