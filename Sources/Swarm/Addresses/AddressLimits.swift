/// Bounds and spans of the address book, with the reason for each. Spans are seconds of wall time
/// where they reach over restarts, else monotonic nanoseconds.
package enum AddressLimits {
    // MARK: Tables

    /// Places of a bucket, as Bitcoin Core's addrman has them.
    static let bucketSize = 64
    /// Buckets of addresses that nobody answered at yet, the last of them for near ones: 12,288
    /// places.
    static let newBuckets = 192
    static let nearNewBuckets = 32
    /// Buckets of addresses that answered, the last of them for near ones: 4,096 places.
    static let triedBuckets = 64
    static let nearTriedBuckets = 8
    /// All places: 16,384.
    package static let entriesMax = (newBuckets + triedBuckets) * bucketSize
    /// Buckets that all tellers of one netgroup reach together: a sixteenth and less of the new
    /// ones, whatever they tell. Addresses of one netgroup told by one netgroup reach one of them.
    static let bucketsPerSource: UInt64 = 8
    /// Buckets that all addresses of one netgroup reach once they answered.
    static let triedBucketsPerGroup: UInt64 = 2
    /// Bytes of the whole book in memory.
    package static let bytesMax = 4 << 20

    // MARK: Tellers

    /// Addresses that one peer may tell at once, and then one each ten seconds: a newcomer hears a
    /// thousand from the first peer, and shuffles bring fewer than that from each neighbour.
    static let toldAtOnce: UInt64 = 1000
    static let toldPause = 10 * Span.second
    /// Peers of which that is remembered; one heard longest ago makes room. Whoever has more keys
    /// than that is held by the buckets of its netgroup.
    static let tellersMax = 1024

    // MARK: Which lose their place

    /// Failed dials after which an address that never answered loses its place to a newer one.
    static let failuresOfNew = 3
    /// Failed dials and seconds of silence after which one that answered once does.
    static let failuresOfTried = 10
    static let silenceOfTried: UInt32 = 7 * 86_400
    /// One that nobody told of, and that did not answer, for so many seconds does too: a record of
    /// a node lives a day.
    static let forgotten: UInt32 = 30 * 86_400
    /// One that was dialled within so many seconds keeps its place: the answer may be under way.
    static let dialled: UInt32 = 60
    /// Seconds since its last answer within which a tried address keeps its place without being
    /// asked.
    static let surelyThere: UInt32 = 4 * 3600
    /// Tried addresses that are to be probed because another wants their place: half an hour's work
    /// of feelers.
    static let contestsMax = 16

    // MARK: Choices

    /// Draws for one choice, so that whoever wants an address that is not there gets an answer.
    static let drawsMax = 32
    /// Addresses that one need of the overlay is answered with: twice what it dials at a time.
    static let offeredMax = 8
    /// One dialled within so many seconds is chosen with a chance of one in a hundred.
    static let justDialled: UInt32 = 600
    /// Chances in 1,000 of one after so many failures: two thirds for each.
    static let chances: [UInt64] = [1000, 660, 436, 287, 190, 125, 83, 55, 36]

    // MARK: Feelers and anchors

    /// Pause between two feelers, on average (Bitcoin Core has the same).
    static let feelerPause = 2 * Span.minute
    /// A feeler's session ends when the catalogues agree and nothing was said for this long.
    static let feelerRest = 2 * Span.second
    /// It ends after this long in any case: a large difference goes on with the next.
    static let feelerPatience = 10 * Span.minute
    /// One feeler of so many calls an address that answered once: halves of a cut network know
    /// each other by those alone when the hour is over for which lost neighbours are called.
    static let feelersPerTried: UInt64 = 4
    /// Neighbours that are called first after a restart (Bitcoin Core keeps two).
    static let anchorsMax = 2
    /// Nodes known to have no address that may be dialled.
    static let outOfReachMax = 1024

    // MARK: Bootstrap lists

    /// Signers whose lists count: more than an owner has reason to trust with that.
    static let bootstrapListsMax = 8
    /// Nodes of one list.
    static let bootstrapPeersMax = 256
    /// Listed nodes that are called at a time while nobody else is met.
    static let bootstrapCalls = 4
    /// They are called so long after the start, where the book holds others, and then after pauses
    /// that double.
    static let bootstrapPause = 5 * Span.second
    static let bootstrapPauseMax = 5 * Span.minute

    // MARK: Keeping

    /// The book is written this long after the start and then this often, where it changed: at most
    /// two megabytes.
    static let firstKept = Span.minute
    static let keptPause = 5 * Span.minute
}
