/// What this node knows of a mirror by its own challenges: how many it sent and how they ended.
///
/// Others' Endorsement records are shown to people and count for nothing here: whoever makes keys
/// makes praise.
public struct MirrorStanding: Equatable, Sendable {
    /// Challenges sent.
    public private(set) var challenged: UInt64
    /// Answered rightly within the deadline.
    public private(set) var passed: UInt64
    /// Answered wrongly, late or not.
    public private(set) var failed: UInt64
    /// Challenges that failed one after the other, up to the last one.
    public private(set) var failedInARow: Int

    /// A mirror that was never challenged.
    public init() {
        self.init(challenged: 0, passed: 0, failed: 0, failedInARow: 0)
    }

    /// What was kept over a restart.
    public init(challenged: UInt64, passed: UInt64, failed: UInt64, failedInARow: Int) {
        self.challenged = challenged
        self.passed = passed
        self.failed = failed
        self.failedInARow = failedInARow
    }

    /// The part of its answers that were right, in 0...1, as if it had passed one and failed one
    /// more (Laplace's rule): a new mirror has 0.5, and none reaches either end.
    public var score: Double { Double(passed + 1) / Double(passed + failed + 2) }

    /// Failures one after the other from which on a mirror no longer counts as a holder. One can be
    /// a machine that was suspended or a line that was full.
    public static let failuresMax = 3

    /// Whether it counts as a holder.
    public var isTrusted: Bool { failedInARow < Self.failuresMax }

    /// A challenge was sent.
    public mutating func challenge() { challenged += 1 }

    /// It ended.
    public mutating func end(isPassed: Bool) {
        if isPassed {
            passed += 1
            failedInARow = 0
        } else {
            failed += 1
            failedInARow += 1
        }
    }
}
