/// Which checkpoints of a run are kept to its end: K+1 milestones, evenly spaced over the steps
/// that the recipe plans.
///
/// The rule is fixed by the recipe and the number K alone, so nothing has to be thinned out and
/// the kept ones are evenly spaced at every moment. A run that ends early has reached some of
/// them, as far apart as they were meant to be.
public struct CheckpointSchedule: Equatable, Sendable {
    /// K unless the owner says otherwise: replaying one part costs an eighth of the run.
    public static let partsDefault = 8
    /// Largest K: the chain must fit a run record.
    public static let partsMax = 1_024
    /// States that may be kept beside those K: the first, the last and the best.
    public static let besides = 3

    /// Steps that are planned.
    public let steps: Int
    /// K: the number of parts between milestones.
    public let parts: Int

    /// A schedule; both numbers are at least 1.
    public init(steps: Int, parts: Int = partsDefault) {
        precondition(steps > 0 && (1...Self.partsMax).contains(parts))
        self.steps = steps
        self.parts = min(parts, steps)
    }

    /// The milestones in order: the first is 0, the last the number of steps.
    public var milestones: [Int] { (0...parts).map { milestone($0) } }

    /// Whether the state after `step` steps is kept to the end.
    public func isMilestone(_ step: Int) -> Bool {
        let part = step * parts / steps
        return milestone(part) == step || milestone(part + 1) == step
    }

    /// The last milestone before `step`; nil for the first.
    public func milestone(before step: Int) -> Int? {
        milestones.last { $0 < step }
    }

    private func milestone(_ index: Int) -> Int {
        let (whole, rest) = (steps / parts, steps % parts)
        return index * whole + index * rest / parts
    }
}
