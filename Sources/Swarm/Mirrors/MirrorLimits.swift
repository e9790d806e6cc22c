import Wire

/// Bounds and times of mirrors, with the reason for each.
public enum MirrorLimits {
    /// Rules of one owner: each has a mark in the node's record, which has room for as many, and
    /// four for those whose sealed copies it keeps.
    public static let rulesMax = MirrorOffer.marksMax - 4
    /// Layers with a target of their own, or that wait for a word: each is a line of a setting.
    public static let namedMax = 1_024
    /// Seconds for which a holder may be away before its copy counts as lost, unless the owner
    /// says otherwise: an hour covers an update with a restart and most failures of a line. Sooner,
    /// each of them would move every layer that the holder keeps.
    public static let patienceDefault: UInt64 = 3_600
    /// The least that an owner may say.
    public static let patienceMin: UInt64 = 1
    /// The most that an owner may say: a month, after which records of holders run out anyway.
    public static let patienceMax: UInt64 = 30 * 86_400
    /// A copy too many is kept for so many times the patience: with an hour a day, so that machines
    /// that are switched off for the night move nothing.
    static let surplusFactor: UInt64 = 24
    /// Holders are called so many times within the patience, where there is no session with them.
    static let checksPerPatience: UInt64 = 4
    /// And at most this often.
    static let checkPauseMin = Span.second
    /// Holders that are called: beyond as many a node has better to do than to watch.
    static let checkedMax = 256
    /// Versions whose publisher wants them taken together are taken when the oldest has waited for
    /// this long, or when there are so many: in that time a publisher has shared what belongs
    /// together.
    static let batchPause = 10 * Span.minute
    static let batchMax = 8
    /// Copies that are taken at a time, so that the owner's own fetches have room beside them.
    static let takesMax = 4
    /// A copy that could not be taken is tried again after this long, doubled each time.
    static let retryPauseMin = 10 * Span.second
    static let retryPauseMax = Span.hour
    /// Layers that are looked after: a kilobyte of memory each.
    public static let layersMax = 4_096
    /// Holders of a layer that are remembered: with more there is nothing to look after.
    static let holdersMax = 64
    /// Nodes that say that they mirror and are remembered.
    public static let nodesMax = 4_096
    /// Candidates that are put in order for one layer.
    static let candidatesMax = 256
    /// What the catalogue and the store say is read again this often, in case news was missed.
    static let surveyPause = 10 * Span.minute
    /// A node that has just begun decides by numbers only when its catalogue agrees with a
    /// neighbour's, or after this long: before that it knows of no holders.
    static let settlePause = 30 * Span.second
    /// Mirrors that refused a contract are asked again after this long: their owners may have made
    /// room by then.
    static let refusedPause = 24 * Span.hour
}
