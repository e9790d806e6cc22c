import Genome
import Wire

/// Sealed blobs that this node gives out under a hold contract: as the publisher, to the mirror
/// that is to keep them; as the mirror, to whoever names contract and blob.
public struct HeldContract: Equatable, Sendable {
    /// The contract's id.
    public let contract: Digest
    /// Who asked for it.
    public let publisher: NodeKey
    /// Who keeps it.
    public let mirror: NodeKey
    /// Seconds since 1970 when it ends.
    public let until: Int64
    /// The list of its blobs.
    public let list: Digest
    /// Its blobs that are here, the list among them, in ascending order of id.
    public let blobs: [BlobReference]

    /// A contract with the blobs that are here.
    public init(_ request: HoldRequest, blobs: some Sequence<BlobReference>) {
        contract = request.contract
        publisher = request.publisher
        mirror = request.mirror
        until = request.until
        list = request.list.blob
        self.blobs = Set(blobs).sorted { $0.blob < $1.blob }
    }

    /// The size of a blob that `peer` may have from `node` now; nil for all else. The mirror asks
    /// nobody who they are: the ids are random, and nobody has them but by a grant.
    func size(of blob: Digest, from node: NodeKey, to peer: NodeKey, at time: Int64) -> UInt64? {
        guard time < until, node == mirror || node == publisher && peer == mirror else {
            return nil
        }
        var (low, high) = (0, blobs.count)
        while low < high {
            let middle = (low + high) / 2
            if blobs[middle].blob < blob { low = middle + 1 } else { high = middle }
        }
        return low < blobs.count && blobs[low].blob == blob ? blobs[low].size : nil
    }
}

/// How a mirror answers a hold request.
public enum HoldAnswer: Equatable, Sendable {
    /// It will pull the blobs.
    case accepted
    /// It has all of them.
    case complete
    /// It will not, or not any more, and why.
    case refused(String)
    /// It keeps nothing of it, as its publisher wanted.
    case ended
}
