import Genome
import Wire

/// Whether record, recipe and observations tell one story: that of a run which followed its recipe
/// by the rules of `TrainingRun`. Everything but the steps themselves follows from these three:
/// which states were kept, what each of them says, when it was judged, which one is the result. So
/// whoever forged a part of them is found out before a step is done, and whoever made up a whole
/// story has nothing left to choose but the steps.
public struct RunStory {
    private let record: RunRecord
    private let recipe: Recipe
    private let links: [CheckpointLink]

    /// The story of a record whose recipe this is.
    public init(_ record: RunRecord, _ recipe: Recipe) {
        self.record = record
        self.recipe = recipe
        links = record.checkpoints
    }

    /// Longest file of observations that such a run writes.
    public var observationBytesMax: Int {
        // A line for each step, and at most one judgement for each.
        let lines = 2 * record.steps + 2
        return min(Observation.fileBytesMax, lines * Observation.lineBytesMax)
    }

    /// In what the record contradicts the recipe or itself; nil if in nothing.
    public func contradiction() -> String? {
        guard let last = links.last, links.first?.step == 0 else {
            return "it has no state before the first step"
        }
        guard last.step == record.steps, last.step <= recipe.steps else {
            return "its last state is not that after all steps"
        }
        if record.endedEarly ? recipe.patience == 0 : last.step != recipe.steps {
            return "it ended after \(last.step) of \(recipe.steps) steps for no reason"
        }
        guard recipe.keepsBest || record.resultStep == last.step else {
            return "its result is not its last state"
        }
        guard schedule != nil else { return "its states are not those that a run keeps" }
        return nil
    }

    /// The milestones that fit the states: all that were reached are among them, each state names
    /// the milestone before it, and beside them stand at most the last state and the best one.
    var schedule: CheckpointSchedule? {
        let parts = 1...min(recipe.steps, CheckpointSchedule.partsMax)
        return parts.lazy.map { CheckpointSchedule(steps: recipe.steps, parts: $0) }.first(
            where: fits)
    }

    private func fits(_ schedule: CheckpointSchedule) -> Bool {
        var (next, beside) = (0, 0)
        var milestone: Digest?
        let milestones = schedule.milestones
        for link in links {
            guard next == milestones.count || link.step <= milestones[next],
                link.previous == milestone
            else { return false }
            if next < milestones.count, link.step == milestones[next] {
                milestone = link.state
                next += 1
            } else if link.step != record.steps {
                beside += 1
            }
        }
        return beside <= 1
    }

    // MARK: Observations

    /// In what the observations contradict record or recipe; nil if in nothing.
    public func contradiction(_ observations: [Observation]) -> String? {
        var (steps, judged) = (0, 0)
        for observation in observations {
            switch observation {
            case .step(let step):
                guard step.step == steps, !isJudged(steps) || judged == steps else {
                    return "the observations do not tell step \(steps)"
                }
                steps += 1
            case .evaluation(let found):
                guard found.steps == steps, judged < steps, isJudged(steps) else {
                    return "the observations judge step \(found.steps) out of turn"
                }
                judged = steps
            }
        }
        guard steps == record.steps, !isJudged(steps) || judged == steps else {
            return "the observations end after \(steps) of \(record.steps) steps"
        }
        return contradiction(of: bests(observations))
    }

    /// Whether the state after so many steps is judged: as in `TrainingRun`.
    private func isJudged(_ step: Int) -> Bool {
        guard recipe.judged != TrainingData.recipeDigest(of: []) else { return false }
        let every = recipe.evaluationEvery
        return step == recipe.steps || every > 0 && step > 0 && step % every == 0
    }

    /// The best judgement before each state that was kept, and that at the end behind them.
    private func bests(_ observations: [Observation]) -> [CheckpointState.Best?] {
        var bests: [CheckpointState.Best?] = []
        var best: CheckpointState.Best?
        for case .evaluation(let found) in observations {
            while bests.count < links.count, links[bests.count].step <= found.steps {
                bests.append(best)
            }
            if let standing = best, found.loss >= standing.loss {
                best = CheckpointState.Best(
                    step: standing.step, loss: standing.loss, since: standing.since + 1)
            } else {
                best = CheckpointState.Best(step: found.steps, loss: found.loss, since: 0)
            }
        }
        while bests.count <= links.count { bests.append(best) }
        return bests
    }

    /// The link to a state that has this best one.
    private func state(
        _ link: CheckpointLink, _ best: CheckpointState.Best?
    ) -> CheckpointLink {
        CheckpointState(
            run: recipe.run, step: link.step, cursor: link.step * recipe.accumulate,
            best: best, previous: link.previous, adapter: link.adapter, optimiser: link.optimiser
        ).link
    }

    private func contradiction(of bests: [CheckpointState.Best?]) -> String? {
        let end = bests.last ?? nil
        for (link, best) in zip(links, bests) {
            // Where patience is over the state may have been saved after it was judged: earlier
            // versions did that.
            let isLate = record.endedEarly && link.step == record.steps
            guard [best, isLate ? end : best].contains(where: { state(link, $0) == link }) else {
                return "the state after \(link.step) steps is not the one that was observed"
            }
        }
        let isOver = recipe.patience > 0 && end.map { $0.since >= recipe.patience } ?? false
        guard isOver == record.endedEarly else {
            return "it ended early or went on against its patience"
        }
        let result = recipe.keepsBest ? end?.step ?? record.steps : record.steps
        guard record.resultStep == result else {
            return "its result should be the state after \(result) steps"
        }
        let kept = schedule?.milestones ?? []
        let isKept = links.allSatisfy { link in
            kept.contains(link.step) || link.step == record.steps || link.step == end?.step
        }
        return isKept ? nil : "its states are not those that a run keeps"
    }
}
