import Wire

/// A neighbour as news sees it.
struct SpreadLink: Sendable {
    /// Whether it gets whole records.
    var isEager = true
    /// Names that it will be told.
    var haves: [NeighbourMessage.Have] = []
    /// When it was last told to send names only.
    var pruned: UInt64?
    /// Names that are missing here and that it named first.
    var named = 0
    /// Times in a row that it did not bring what it had named.
    var unkept = 0
    /// Records that wait for company.
    private var waiting: [NeighbourMessage.NewsItem] = []
    /// From when a record goes out alone and at once.
    private var nextNews: UInt64 = 0

    /// Whether it may be sent one more whole record: one that takes them too slowly, or is sent a
    /// flood, is told names.
    var hasRoom: Bool { waiting.count < NeighbourLimits.gatheredMax }

    /// Whether its word that it has records is worth asking for them.
    var isTrusted: Bool { unkept < NeighbourLimits.unkeptMax }

    /// Whether a record goes out now. One that follows another too closely waits for company, so
    /// that a flood is told in few messages and single news loses no time.
    mutating func post(_ item: NeighbourMessage.NewsItem, at now: UInt64) -> Bool {
        guard waiting.isEmpty, nextNews <= now else {
            waiting.append(item)
            return false
        }
        nextNews = now + NeighbourLimits.newsPause
        return true
    }

    /// Takes the records that waited, as many to a message as fit.
    mutating func takeNews() -> [[NeighbourMessage.NewsItem]] {
        let size = NeighbourLimits.newsPerMessage
        let parts = stride(from: 0, to: waiting.count, by: size).map { start in
            Array(waiting[start...].prefix(size))
        }
        waiting = []
        return parts
    }

    /// Adds a name that it will be told; beyond what gossip carries comparing catalogues tells it.
    mutating func tell(_ have: NeighbourMessage.Have) {
        if haves.count < NeighbourLimits.seenMax { haves.append(have) }
    }
}
