import Genome
import Wire

/// The manifests that were read last, by the hash of their bytes, which is the layer's id: one of
/// thousands of files takes 14 ms to read (measured: 2,000 files, 450 kB), and a fetch needs it
/// five times. Their signatures are no part of this and are checked each time.
public final class DecodedManifests: Sendable {
    /// Bytes of manifests that are kept, the newest at least: one of the largest that there are
    /// counts several times as much in memory.
    static let bytesMax = 2 << 20
    /// Manifests of the smallest size that these bytes hold.
    private static let manifestsMax = 4_096

    private let recent = RecentValues<Manifest>(valuesMax: manifestsMax, bytesMax: bytesMax)

    /// How often bytes were read.
    var count: Int { recent.count }

    /// The manifest of canonical bytes, as `Manifest.decode` reads it. What it refuses is not kept.
    public func manifest(_ bytes: [UInt8]) throws(GenomeError) -> Manifest {
        try recent.value(of: Blake3.hash(bytes), bytes: bytes.count) { () throws(GenomeError) in
            try Manifest.decode(bytes)
        }
    }

    /// The manifest in an envelope, once its type and its publisher's signature are checked.
    public func verified(in envelope: Envelope) throws(GenomeError) -> Manifest {
        try Manifest.verified(in: envelope) { bytes throws(GenomeError) in
            try manifest(bytes)
        }
    }
}
