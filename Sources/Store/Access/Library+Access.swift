import Genome
import Host
import Wire

extension Library {
    /// Name of the owner's setting how many days access decisions are kept.
    public static let retentionPolicy = "access-retention-days"

    /// Writes an access decision down; `question` is given what hides a key.
    public func noteAccess(
        layer: Digest, rule: String?, now: UInt64 = Clock.wallMilliseconds(),
        question: ((NodeKey) -> NodeKey) -> JSONValue
    ) throws(StoreError) {
        let closed = try access.note(layer: layer, rule: rule, time: now, question: question)
        guard let closed else { return }
        try record(closed, now: now)
        let days = try index.policy(Self.retentionPolicy).flatMap { UInt64($0) }
        try access.expire(days: days ?? AccessLog.retentionDays, now: now)
    }
}
