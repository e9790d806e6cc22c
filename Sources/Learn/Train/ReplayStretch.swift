import Genome

/// Consecutive steps of a recorded run, from one state to another, that are done again together.
public struct ReplayStretch: Equatable, Sendable {
    /// The first state and the last, by their places in the record.
    public let links: ClosedRange<Int>
    /// Steps that were done at the first state and at the last.
    public let steps: Range<Int>

    /// A stretch between two states of a record, which must have them.
    public init(_ all: [CheckpointLink], _ links: ClosedRange<Int>) {
        self.links = links
        steps = all[links.lowerBound].step..<all[links.upperBound].step
    }

    /// The whole of a run.
    public static func all(_ links: [CheckpointLink]) -> ReplayStretch? {
        links.count > 1 ? ReplayStretch(links, 0...links.count - 1) : nil
    }

    /// A run cut into stretches of at least an eighth of its steps, however many states its
    /// publisher kept: who is checked does not choose how little is.
    public static func cut(_ links: [CheckpointLink]) -> [ReplayStretch] {
        guard let whole = all(links) else { return [] }
        let parts = CheckpointSchedule.partsDefault
        var stretches: [ReplayStretch] = []
        var first = 0
        for next in 1..<links.count {
            let steps = links[next].step - links[first].step
            guard steps * parts >= whole.steps.count else { continue }
            stretches.append(ReplayStretch(links, first...next))
            first = next
        }
        guard first < links.count - 1 else { return stretches }
        // What is left is shorter and goes with the one before it.
        let start = stretches.popLast()?.links.lowerBound ?? 0
        return stretches + [ReplayStretch(links, start...links.count - 1)]
    }

    /// One of them, each as likely as it has steps, by a number that was drawn from 0 to below the
    /// steps of the run: so every step is done again in at least one of eight such draws.
    public static func drawn(_ step: Int, of stretches: [ReplayStretch]) -> ReplayStretch? {
        stretches.first { $0.steps.contains(step) }
    }
}
