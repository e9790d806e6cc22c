/// How the bytes of a group may come besides as they are (docs/formats/coded-groups.md): coded by
/// themselves, or as steps from those of parents. Said by whoever asks for the group; the answer
/// is the sender's choice.
public struct AcceptedCodings: Equatable, Sendable {
    /// Blobs that the asker has whole, against which a group may be coded.
    public struct Parents: Equatable, Sendable {
        /// A layer that lists them, through which the sender may give them to the asker too: else
        /// steps from them would tell what they are.
        public let layer: Digest
        /// The blobs. Their bytes in a row count as one file.
        public let blobs: [Digest]

        /// At least one blob, at most `parentsMax`, each once.
        public init(layer: Digest, blobs: [Digest]) {
            precondition(
                (1...AcceptedCodings.parentsMax).contains(blobs.count)
                    && Set(blobs).count == blobs.count)
            self.layer = layer
            self.blobs = blobs
        }
    }

    /// Parents of a request: 256 bytes, which cost little beside a megabyte. Of a model of more
    /// files the one of the same path is named.
    public static let parentsMax = 8

    /// What the group may be coded against; nil for nothing.
    public let parents: Parents?

    /// Codings without parents, or with.
    public init(parents: Parents? = nil) { self.parents = parents }

    func encode(to writer: inout Writer) {
        writer.writeVarint(UInt64(parents?.blobs.count ?? 0))
        guard let parents else { return }
        writer.write(parents.layer)
        for blob in parents.blobs { writer.write(blob) }
    }

    init(from reader: inout Reader) throws(WireError) {
        let count = try reader.readCount(limit: Self.parentsMax, "parents")
        guard count > 0 else {
            parents = nil
            return
        }
        let layer = try reader.readDigest()
        var blobs: [Digest] = []
        for _ in 0..<count { blobs.append(try reader.readDigest()) }
        guard Set(blobs).count == count else { throw .invalid("parents") }
        parents = Parents(layer: layer, blobs: blobs)
    }
}

/// How the bytes of a group are coded that were not sent as they are.
public enum GroupCoding: UInt8, Sendable {
    /// By themselves.
    case dense = 1
    /// With steps from bytes of the parents that the request named.
    case delta = 2
}
