import Genome
import Host
import Wire

/// A layer's sealed form as its publisher keeps it: the key, and the ids of ciphertexts, in a file
/// that only the owner can read.
public struct SealedCopy: Equatable, Sendable {
    /// The layer.
    public let layer: Digest
    /// What opens it.
    public let key: FileKey
    /// Ciphertext of the document that tells the others (`SealedLayer`).
    public let index: BlobReference
    /// Plain list of all ciphertexts, for mirrors.
    public let list: BlobReference

    private static func path(_ layer: Digest, _ layout: Layout) -> String {
        "\(layout.keys)/sealed-\(layer.hexadecimal)"
    }

    /// The sealed form of a layer that this home made before; nil if none.
    public static func read(
        _ layer: Digest, _ layout: Layout
    ) throws(StoreError) -> SealedCopy? {
        let path = path(layer, layout)
        guard Directory.exists(path) else { return nil }
        var key: FileKey?
        var references: [String: BlobReference] = [:]
        for line in try SecretFile.lines(path, limit: 4096) where !line.hasPrefix("#") {
            let words = line.split(separator: " ").map { String($0) }
            if words.count == 2, words[0] == "key" {
                key = Hexadecimal.decode(words[1]).flatMap { FileKey(bytes: $0) }
            } else if words.count == 3, let blob = Digest(hexadecimal: words[1]),
                let size = UInt64(words[2])
            {
                references[words[0]] = BlobReference(blob: blob, size: size)
            }
        }
        guard let key, let index = references["index"], let list = references["list"] else {
            throw .damaged(path)
        }
        return SealedCopy(layer: layer, key: key, index: index, list: list)
    }

    func write(_ layout: Layout) throws(StoreError) {
        let text = """
            # plasmid: opens the sealed form of layer \(layer.hexadecimal)
            key \(Hexadecimal.encode(key.bytes))
            index \(index.blob.hexadecimal) \(index.size)
            list \(list.blob.hexadecimal) \(list.size)

            """
        try DurableFile.write(Array(text.utf8), to: Self.path(layer, layout))
    }
}

extension Library {
    /// The sealed form of a layer that is here, made now unless it was before and is still whole.
    /// One random key for the layer, a random nonce for each file.
    public func seal(
        _ manifest: Manifest, progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in }
    ) throws(StoreError) -> SealedCopy {
        if let copy = try SealedCopy.read(manifest.layer, layout), try isWhole(copy) {
            return copy
        }
        let total = manifest.blobsToFetch.reduce(UInt64(0)) { $0 + $1.size }
        try requireRoom(for: total)
        return try sealAnew(manifest, total, progress)
    }

    private func sealAnew(
        _ manifest: Manifest, _ total: UInt64, _ progress: (UInt64, UInt64) -> Void
    ) throws(StoreError) -> SealedCopy {
        let key = FileKey.random()
        let blobs = manifest.blobsToFetch
        var done: UInt64 = 0
        var parts: [SealedLayer.Part] = []
        for blob in blobs {
            let reader = try BlobReader(blob.blob, layout: layout)
            guard reader.size == blob.size else { throw .damaged("blob \(blob.blob)") }
            let sealed = try withRoom(blob.size) { () throws(StoreError) in
                try SealedFile.seal(reader, key: key, into: layout, keep: keepUnhashed)
            }
            parts.append(SealedLayer.Part(blob: blob.blob, sealed: sealed))
            done += blob.size
            progress(done, total)
        }
        guard let envelope = try envelope(of: manifest.layer) else {
            throw .missing("the signature of layer \(manifest.layer)")
        }
        let document = SealedLayer(
            manifest: manifest.bytes, envelope: envelope.detached, parts: parts)
        let index = try importBytes(SealedStream.seal(document.bytes, key: key))
        let indexReference = BlobReference(blob: index.id, size: index.size)
        let list = HoldList(parts.map(\.sealed) + [indexReference])
        let imported = try importBytes(list.bytes)
        let copy = SealedCopy(
            layer: manifest.layer, key: key, index: indexReference,
            list: BlobReference(blob: imported.id, size: imported.size))
        try copy.write(layout)
        return copy
    }

    private func isWhole(_ copy: SealedCopy) throws(StoreError) -> Bool {
        guard try holds(copy.list.blob), try holds(copy.index.blob) else { return false }
        for blob in try holdList(copy.list).blobs where !(try holds(blob.blob)) { return false }
        return true
    }

    /// The list of a contract, whose blob is here.
    public func holdList(_ list: BlobReference) throws(StoreError) -> HoldList {
        let reader = try BlobReader(list.blob, layout: layout)
        let bytes = try reader.readAll(limit: Int(HoldList.bytesMax))
        do throws(GenomeError) {
            return try HoldList.decode(bytes)
        } catch {
            throw .refused("the list of blob \(list.blob) is not valid: \(error)")
        }
    }

    /// Makes the plain blobs of a sealed layer whose ciphertexts are here, and gives its signed
    /// manifest. Nothing is kept that its manifest does not name.
    public func open(
        _ sealed: SealedLayer, key: FileKey
    ) throws(StoreError) -> Envelope {
        for part in sealed.parts where !(try holds(part.blob)) {
            let reader = try BlobReader(part.sealed.blob, layout: layout)
            guard case .raw(let object) = reader.source else {
                throw .damaged("blob \(part.sealed.blob)")
            }
            _ = try withRoom(part.sealed.size, as: .cache) { () throws(StoreError) in
                try SealedFile.open(
                    object, size: part.sealed.size, key: key, expected: part.blob, into: layout,
                    keep: keepOpened)
            }
        }
        do throws(GenomeError) {
            return try Envelope(detached: sealed.envelope, payload: sealed.manifest)
        } catch {
            throw .refused("the sealed layer is not valid: \(error)")
        }
    }

    /// The document that tells which ciphertext holds which file, opened.
    public func sealedLayer(
        _ index: BlobReference, key: FileKey
    ) throws(StoreError) -> SealedLayer {
        let reader = try BlobReader(index.blob, layout: layout)
        let bytes = try reader.readAll(limit: SealedLayer.bytesMax)
        guard let plain = SealedStream.open(bytes, key: key) else {
            throw .refused("the sealed layer does not open with the key of the grant")
        }
        do throws(GenomeError) {
            return try SealedLayer.decode(plain)
        } catch {
            throw .refused("the sealed layer is not valid: \(error)")
        }
    }
}
