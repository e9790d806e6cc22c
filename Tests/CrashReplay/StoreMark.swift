import Host
import Wire

/// What a process says of its work on a home, so that a check knows what it was promised: of each
/// thing first that it begins, then that the call answered.
public enum StoreMark: Sendable {
    /// Bytes are being taken in; they are here.
    case importing(Digest)
    case imported(Digest)
    /// A blob is being fetched; these groups are durable; it is whole.
    case fetching(Digest)
    case groups(Digest, [UInt8])
    case fetched(Digest)
    /// A layer with these blobs is being added; it is here.
    case adding(Digest, [Digest])
    case added(Digest)
    case pinning(Digest)
    case pinned(Digest)
    case unpinning(Digest)
    case unpinned(Digest)
    case removing(Digest)
    case removed(Digest)
    /// A blob is being given up; it is gone.
    case discarding(Digest)
    case discarded(Digest)

    /// As a line.
    public var text: String {
        switch self {
        case .importing(let id): "importing \(id)"
        case .imported(let id): "imported \(id)"
        case .fetching(let id): "fetching \(id)"
        case .groups(let id, let bits): "groups \(id) \(Hexadecimal.encode(bits))"
        case .fetched(let id): "fetched \(id)"
        case .adding(let id, let blobs):
            "adding \(id) " + blobs.map(\.hexadecimal).joined(separator: " ")
        case .added(let id): "added \(id)"
        case .pinning(let id): "pinning \(id)"
        case .pinned(let id): "pinned \(id)"
        case .unpinning(let id): "unpinning \(id)"
        case .unpinned(let id): "unpinned \(id)"
        case .removing(let id): "removing \(id)"
        case .removed(let id): "removed \(id)"
        case .discarding(let id): "discarding \(id)"
        case .discarded(let id): "discarded \(id)"
        }
    }

    /// The mark of a line; nil for any other.
    public init?(_ line: String) {
        let words = line.split(separator: " ").map { String($0) }
        guard words.count >= 2, let id = Digest(hexadecimal: words[1]) else { return nil }
        switch words[0] {
        case "importing": self = .importing(id)
        case "imported": self = .imported(id)
        case "fetching": self = .fetching(id)
        case "groups": self = .groups(id, Hexadecimal.decode(words.last ?? "") ?? [])
        case "fetched": self = .fetched(id)
        case "adding": self = .adding(id, words.dropFirst(2).compactMap { Digest(hexadecimal: $0) })
        case "added": self = .added(id)
        case "pinning": self = .pinning(id)
        case "pinned": self = .pinned(id)
        case "unpinning": self = .unpinning(id)
        case "unpinned": self = .unpinned(id)
        case "removing": self = .removing(id)
        case "removed": self = .removed(id)
        case "discarding": self = .discarding(id)
        case "discarded": self = .discarded(id)
        default: return nil
        }
    }
}

/// Bytes that driver and check make alike.
public enum SampleBytes {
    /// Bytes that differ everywhere.
    public static func make(_ count: Int, seed: UInt64) -> [UInt8] {
        var dice = Dice(seed: seed)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            var word = dice.next()
            for _ in 0..<8 {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
