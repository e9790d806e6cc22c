import Genome
import Host
import Wire

extension Library {
    /// Name of the owner's setting how many days access decisions are kept.
    public static let retentionPolicy = "access-retention-days"

    /// Writes an access decision down; `question` with keys as `access.pseudonym` gives them.
    public func noteAccess(
        layer: Digest, question: JSONValue, rule: String?,
        now: UInt64 = Clock.wallMilliseconds()
    ) throws(StoreError) {
        let closed = try access.note(layer: layer, question: question, rule: rule, time: now)
        guard let closed else { return }
        try record(closed, now: now)
        let days = try index.policy(Self.retentionPolicy).flatMap { UInt64($0) }
        try access.expire(days: days ?? AccessLog.retentionDays, now: now)
    }
}
