/// A file in sealed form: the payload of age v1 without its header, that is a nonce of 16 bytes and
/// chunks of 64 KiB, each under ChaCha20-Poly1305 with a nonce of its place and of whether it is
/// the last (STREAM, Hoang et al. 2015; age v1 specification, "Payload").
///
/// Any chunk can be sealed and opened alone. The bytes depend on the file key, never on who may
/// open it, so they have one id and lie on any mirror.
public struct SealedStream: Sendable {
    /// Plain bytes of a chunk; only the last may have fewer, and it has none only in an empty file.
    public static let chunkBytes = 65_536
    /// Bytes of the nonce in front.
    public static let nonceBytes = 16
    /// Sealed bytes of a full chunk.
    public static let sealedChunkBytes = chunkBytes + Limits.tagBytes

    private let key: [UInt8]

    /// The stream of a file key and the nonce in front of the sealed file; nil for a nonce of
    /// another length.
    public init?(key: FileKey, nonce: [UInt8]) {
        guard nonce.count == Self.nonceBytes else { return nil }
        self.key = key.derived(salt: nonce, for: "payload")
    }

    /// Number of chunks of a plain file.
    public static func chunkCount(plain: UInt64) -> UInt64 {
        max(1, plain / UInt64(chunkBytes) + (plain % UInt64(chunkBytes) == 0 ? 0 : 1))
    }

    /// Bytes of a plain file in sealed form; nil where that is beyond 2^64.
    public static func sealedSize(plain: UInt64) -> UInt64? {
        let tags = chunkCount(plain: plain).multipliedReportingOverflow(by: UInt64(Limits.tagBytes))
        let sum = plain.addingReportingOverflow(tags.partialValue)
        let whole = sum.partialValue.addingReportingOverflow(UInt64(nonceBytes))
        return tags.overflow || sum.overflow || whole.overflow ? nil : whole.partialValue
    }

    /// Bytes of the plain file of a sealed one; nil for a size that no sealed file has.
    public static func plainSize(sealed: UInt64) -> UInt64? {
        guard sealed >= UInt64(nonceBytes + Limits.tagBytes) else { return nil }
        let chunks = sealed - UInt64(nonceBytes)
        let (full, rest) = chunks.quotientAndRemainder(dividingBy: UInt64(sealedChunkBytes))
        if rest == 0 { return full * UInt64(chunkBytes) }
        // A last chunk of nothing stands in an empty file alone.
        guard rest > UInt64(Limits.tagBytes) || rest == UInt64(Limits.tagBytes) && full == 0 else {
            return nil
        }
        return full * UInt64(chunkBytes) + rest - UInt64(Limits.tagBytes)
    }

    /// 11 bytes of the place, big-endian, and whether it is the last.
    private static func nonce(_ index: UInt64, isLast: Bool) -> [UInt8] {
        var nonce = [UInt8](repeating: 0, count: 12)
        for place in 0..<8 {
            nonce[3 + place] = UInt8(truncatingIfNeeded: index >> (56 - 8 * place))
        }
        nonce[11] = isLast ? 1 : 0
        return nonce
    }

    /// Seals chunk `index` to the start of `sealed`, which has room for 16 bytes more.
    public func seal(
        _ plain: RawSpan, chunk index: UInt64, isLast: Bool, into sealed: inout MutableRawSpan
    ) {
        precondition(plain.byteCount <= Self.chunkBytes)
        Sodium.seal(plain, key: key, nonce: Self.nonce(index, isLast: isLast), into: &sealed)
    }

    /// Opens chunk `index` to the start of `plain`; false, with `plain` unspecified, when it is not
    /// that chunk of this file, or not the last where it should be.
    public func open(
        _ sealed: RawSpan, chunk index: UInt64, isLast: Bool, into plain: inout MutableRawSpan
    ) -> Bool {
        guard sealed.byteCount <= Self.sealedChunkBytes else { return false }
        return Sodium.open(sealed, key: key, nonce: Self.nonce(index, isLast: isLast), into: &plain)
    }
}

extension SealedStream {
    /// A whole small file in sealed form, under a fresh nonce: manifests and tables, to 16 MiB.
    public static func seal(_ plain: [UInt8], key: FileKey) -> [UInt8] {
        seal(plain, key: key, nonce: Sodium.random(count: nonceBytes))
    }

    /// The same under a nonce of 16 bytes that must never have sealed anything else.
    static func seal(_ plain: [UInt8], key: FileKey, nonce: [UInt8]) -> [UInt8] {
        guard let stream = SealedStream(key: key, nonce: nonce) else {
            preconditionFailure("a nonce has 16 bytes")
        }
        var result = nonce
        let count = Int(chunkCount(plain: UInt64(plain.count)))
        for index in 0..<count {
            let range = index * chunkBytes..<min(plain.count, (index + 1) * chunkBytes)
            var sealed = [UInt8](repeating: 0, count: range.count + Limits.tagBytes)
            let chunk = Array(plain[range])
            var span = sealed.mutableSpan
            var target = span.mutableBytes
            stream.seal(
                chunk.span.bytes, chunk: UInt64(index), isLast: index == count - 1, into: &target)
            result += sealed
        }
        return result
    }

    /// The plain bytes of a whole small file; nil when any byte of it is not authentic.
    public static func open(_ sealed: [UInt8], key: FileKey) -> [UInt8]? {
        guard let size = plainSize(sealed: UInt64(sealed.count)),
            let stream = SealedStream(key: key, nonce: Array(sealed.prefix(nonceBytes)))
        else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(Int(size))
        let count = Int(chunkCount(plain: size))
        for index in 0..<count {
            let start = nonceBytes + index * sealedChunkBytes
            let chunk = Array(sealed[start..<min(sealed.count, start + sealedChunkBytes)])
            var plain = [UInt8](repeating: 0, count: chunk.count - Limits.tagBytes)
            var span = plain.mutableSpan
            var target = span.mutableBytes
            guard
                stream.open(
                    chunk.span.bytes, chunk: UInt64(index), isLast: index == count - 1,
                    into: &target)
            else { return nil }
            result += plain
        }
        return result
    }
}
