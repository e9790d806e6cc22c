import Genome
import Host
import Wire

/// The manifests that were read last, by the hash of their bytes, which is the layer's id: one of
/// thousands of files takes 14 ms to read (measured: 2,000 files, 450 kB), and a fetch needs it
/// five times. Their signatures are no part of this and are checked each time.
public final class DecodedManifests: Sendable {
    /// Bytes of manifests that are kept, the newest at least: one of the largest that there are
    /// counts several times as much in memory.
    static let bytesMax = 2 << 20

    private struct State {
        var manifests: [(layer: Digest, manifest: Manifest)] = []
        var bytes = 0
        var count = 0
    }

    private let state = Lock(State())

    /// How often bytes were read.
    var count: Int { state.withLock { $0.count } }

    /// The manifest of canonical bytes, as `Manifest.decode` reads it. What it refuses is not kept.
    public func manifest(_ bytes: [UInt8]) throws(GenomeError) -> Manifest {
        let layer = Blake3.hash(bytes)
        let known = state.withLock { state in
            state.manifests.first { $0.layer == layer }?.manifest
        }
        if let known { return known }
        let manifest = try Manifest.decode(bytes)
        state.withLock { state in
            state.count += 1
            guard !state.manifests.contains(where: { $0.layer == layer }) else { return }
            state.manifests.append((layer, manifest))
            state.bytes += bytes.count
            while state.bytes > Self.bytesMax, state.manifests.count > 1 {
                state.bytes -= state.manifests.removeFirst().manifest.bytes.count
            }
        }
        return manifest
    }

    /// The manifest in an envelope, once its type and its publisher's signature are checked.
    public func verified(in envelope: Envelope) throws(GenomeError) -> Manifest {
        try Manifest.verified(in: envelope) { bytes throws(GenomeError) in
            try manifest(bytes)
        }
    }
}
