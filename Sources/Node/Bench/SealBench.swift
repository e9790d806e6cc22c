import Genome
import Host
import Store
import Wire

/// Sealing (cipher and hash of the ciphertext) beside the cipher alone, and a layer that is sealed
/// in the store beside a durable copy of its file.
struct SealBench {
    /// MiB of the file unless asked otherwise.
    static let megabytesDefault = 256
    private static let runs = 5
    /// Chunks of a pass in memory: 64 MiB.
    private static let chunks = 1_024

    let megabytes: Int

    func run(_ report: Report) throws(Failure) -> [BenchRow] {
        let cipher = pass(isHashed: false)
        let both = pass(isHashed: true)
        let rate = Double(Self.chunks * SealedStream.chunkBytes) / 1e9
        let folder = try BenchFolder(megabytes: megabytes, report)
        let copy = try folder.copySeconds()
        report.note("sealing \(megabytes) MiB")
        let layer = try layerSeconds(folder)
        let against = (copy + (try folder.copySeconds())) / 2
        return [
            BenchRow(
                name: "sealing with the hash of what is sealed", figure: rate / both,
                unit: "GB/s",
                against: "the cipher alone, \(Decimals.text(rate / cipher, 2)) GB/s, in time",
                ratio: both / cipher),
            BenchRow(
                name: "a layer of \(megabytes) MiB sealed in the store", figure: layer, unit: "s",
                against: "a copy and fsync, \(Decimals.text(against, 2)) s",
                ratio: layer / against),
        ]
    }

    /// Seconds of one pass over 64 MiB, 64 KiB at a time: the median of some, after one more.
    private func pass(isHashed: Bool) -> Double {
        let nonce = [UInt8](repeating: 3, count: SealedStream.nonceBytes)
        guard let stream = SealedStream(key: FileKey.random(), nonce: nonce) else {
            preconditionFailure("16 bytes make a nonce")
        }
        let plain = Buffer(capacity: SealedStream.chunkBytes)
        plain.store([UInt8](repeating: 5, count: SealedStream.chunkBytes), at: 0)
        let sealed = Buffer(capacity: SealedStream.sealedChunkBytes)
        let times = (0...Self.runs).map { _ in
            BenchCommand.seconds {
                var hasher = TreeHasher()
                for index in 0..<Self.chunks {
                    plain.withSpan(0..<SealedStream.chunkBytes) { bytes in
                        sealed.withMutableSpan(0..<SealedStream.sealedChunkBytes) { target in
                            stream.seal(
                                bytes, chunk: UInt64(index), isLast: index == Self.chunks - 1,
                                into: &target)
                        }
                    }
                    guard isHashed else { continue }
                    sealed.withSpan(0..<SealedStream.sealedChunkBytes) { hasher.update($0) }
                    _ = hasher.takeLeafValues()
                }
                if isHashed { _ = hasher.finish() }
            }
        }
        return BenchCommand.median(Array(times.dropFirst()))
    }

    /// Seconds of sealing the file as a layer, durable at the end.
    private func layerSeconds(_ folder: BenchFolder) throws(Failure) -> Double {
        let home = "\(folder.path)/home"
        _ = try Access.service(home)
        _ = try BenchFolder.ask(
            [
                "share", folder.file, "--type", "x-bench", "--name", "bench", "--licence",
                "CC0-1.0", "--visibility", "private",
            ], home: home)
        let library = try Access.service(home).library
        return try inStore { () throws(StoreError) in
            guard let layer = try library.index.layers().first,
                let manifest = try library.manifest(of: layer.id)
            else { throw .missing("the layer of the bench") }
            return try BenchCommand.seconds { () throws(StoreError) in
                _ = try library.seal(manifest)
            }
        }
    }
}
