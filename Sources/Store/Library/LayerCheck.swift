import Genome
import Host
import Wire

/// One thing that was checked about a layer, for people and scripts.
public struct LayerCheck: Equatable, Sendable {
    /// What was checked: `signature`, `manifest`, `file PATH` or `part ID` (a tensor table, a
    /// licence text).
    public let name: String
    /// Whether it is as it should be.
    public let isSound: Bool
    /// What was found.
    public let detail: String

    /// What was found by a check.
    public init(name: String, isSound: Bool, detail: String) {
        self.name = name
        self.isSound = isSound
        self.detail = detail
    }
}

extension Library {
    /// Checks signature, manifest and every byte of every file that is here, by BLAKE3 and
    /// SHA-256. `progress` gets the number of bytes read so far.
    public func verify(
        _ layer: Digest, progress: (UInt64) -> Void = { _ in }
    ) throws(StoreError) -> [LayerCheck] {
        guard let bytes = try index.envelope(of: layer) else { throw .missing("layer \(layer)") }
        let envelope = try? Envelope.decode(bytes, payloadMax: ManifestSchema.bytesMax)
        let manifest = envelope.flatMap { try? Manifest.verified(in: $0) }
        var checks = [signatureCheck(layer, manifest), try manifestCheck(layer)]
        var done: UInt64 = 0
        let files = try index.files(of: layer)
        for file in files {
            checks.append(try fileCheck(file, before: done, progress))
            done += file.size
        }
        let listed = Set(files.map(\.blob))
        for part in manifest?.blobsToFetch ?? [] where !listed.contains(part.blob) {
            let damaged = try unlessDamaged { () throws(StoreError) in
                try BlobReader(part.blob, layout: layout).verify()
            }
            checks.append(
                LayerCheck(
                    name: "part \(part.blob)", isSound: damaged == [],
                    detail: damaged.map { $0.isEmpty ? "sound" : "damaged" } ?? "missing"))
        }
        return checks
    }

    private func signatureCheck(_ layer: Digest, _ manifest: Manifest?) -> LayerCheck {
        guard let manifest, manifest.layer == layer else {
            return LayerCheck(
                name: "signature", isSound: false, detail: "not signed by its publisher")
        }
        return LayerCheck(
            name: "signature", isSound: true, detail: "signed by \(manifest.publisher)")
    }

    private func manifestCheck(_ layer: Digest) throws(StoreError) -> LayerCheck {
        let bytes = try unlessDamaged { () throws(StoreError) in
            try BlobReader(layer, layout: layout).readAll(limit: ManifestSchema.bytesMax)
        }
        return LayerCheck(
            name: "manifest", isSound: bytes != nil,
            detail: bytes == nil ? "missing or damaged" : "\(layer)")
    }

    private func fileCheck(
        _ file: LayerFile, before: UInt64, _ progress: (UInt64) -> Void
    ) throws(StoreError) -> LayerCheck {
        let name = "file \(file.path)"
        let opened = try unlessDamaged { () throws(StoreError) in
            try BlobReader(file.blob, layout: layout)
        }
        guard let reader = opened else {
            let isWanted = !file.isEvidence
            return LayerCheck(
                name: name, isSound: !isWanted,
                detail: isWanted ? "missing" : "evidence, not fetched")
        }
        guard reader.size == file.size else {
            return LayerCheck(
                name: name, isSound: false,
                detail: "damaged: \(reader.size) bytes instead of \(file.size)")
        }
        let (damaged, sha256) = try reader.check { progress(before + $0) }
        if !damaged.isEmpty {
            return LayerCheck(
                name: name, isSound: false, detail: "damaged: \(Self.words(damaged))")
        }
        guard sha256 == file.sha256 else {
            return LayerCheck(
                name: name, isSound: false, detail: "SHA-256 is not what the manifest says")
        }
        return LayerCheck(name: name, isSound: true, detail: "\(file.blob)")
    }

    private static func words(_ groups: [Int]) -> String {
        let shown = groups.prefix(8).map(String.init).joined(separator: ", ")
        let more = groups.count > 8 ? " and \(groups.count - 8) more" : ""
        return (groups.count == 1 ? "group " : "groups ") + shown + more
    }
}

extension BlobReader {
    /// As `verify`, with the SHA-256 of the bytes from the same pass.
    func check(
        progress: (UInt64) -> Void
    ) throws(StoreError) -> (damaged: [Int], sha256: Digest) {
        guard let layer = try provenLayer() else {
            return (Array(0..<groupCount), Sha256.hash([]))
        }
        let pipe = try HashPipe()
        var damaged: [Int] = []
        for index in 0..<groupCount {
            let buffer = try pipe.takeBuffer()
            let count = try readable(group: index, into: buffer) ?? 0
            buffer.count = count
            pipe.submit(buffer)
            let isSound = buffer.withSpan(0..<count) {
                layer.leafValues(ifMatching: $0, at: index) != nil
            }
            if !isSound { damaged.append(index) }
            progress(HashTree.groupRange(index, size: size).upperBound)
        }
        return (damaged, try pipe.finish())
    }
}
