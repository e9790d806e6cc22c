import CKernels
import Host

/// Loss of the last hidden rows, and its gradient, a few rows of logits at a time: only they are
/// ever held.
final class HeadLoss {
    private let model: Model
    private let team: Team
    private let linear: LinearRunner
    private let backward: LinearBackward
    private let rowsMax: Int
    private let logits: Rows
    private let normed: Rows
    private let normedGradient: Rows
    private let lanes: Rows
    private let memory: Memory

    /// A row that has a target: the row of the batch and the token it must predict.
    struct Target {
        let row: Int
        let token: Int
    }

    /// What was found of one target.
    struct Outcome {
        /// −log of its probability, in nats.
        let loss: Double
        /// Whether it was the likeliest token.
        let isBest: Bool
    }

    init(
        _ model: Model, team: Team, profile: Profile, _ backward: LinearBackward
    ) throws(LearnError) {
        self.model = model
        self.team = team
        self.backward = backward
        linear = try LinearRunner(team: team, profile: profile)
        let a = model.architecture
        rowsMax = TrainingMemory.logitRows(a)
        var arena = try Arena(
            bytes: Arena.rounded(rowsMax * a.vocabulary * 4)
                + 2 * Arena.rounded(rowsMax * a.width * 4)
                + Arena.rounded(team.lanes * a.width * 4))
        logits = arena.rows(rowsMax, width: a.vocabulary)
        normed = arena.rows(rowsMax, width: a.width)
        normedGradient = arena.rows(rowsMax, width: a.width)
        lanes = arena.rows(team.lanes, width: a.width)
        memory = arena.owner
    }

    /// Losses of `targets` over the rows of `hidden`. With a weight, the gradient of the weighted
    /// sum of losses is added to the rows of `gradient`.
    func run(
        _ targets: [Target], hidden: Rows, weight: Float?, gradient: Rows
    ) throws(LearnError) -> [Outcome] {
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(targets.count)
        for first in stride(from: 0, to: targets.count, by: rowsMax) {
            let part = Array(targets[first..<min(first + rowsMax, targets.count)])
            outcomes += try chunk(part, hidden: hidden, weight: weight, gradient: gradient)
        }
        return outcomes
    }

    private func chunk(
        _ targets: [Target], hidden: Rows, weight: Float?, gradient: Rows
    ) throws(LearnError) -> [Outcome] {
        let count = targets.count
        team.run(count) { _, index in
            self.model.finalNorm.apply(
                self.model.architecture, from: hidden[targets[index].row],
                to: self.normed[index])
        }
        try linear.run(
            [LinearTask(linear: model.head, out: logits)], source: normed, rows: count,
            groups: [RowGroup(rows: 0..<count, factors: nil)])
        var outcomes = [Outcome](repeating: Outcome(loss: 0, isBest: false), count: count)
        outcomes.withUnsafeMutableBufferPointer { outcomes in
            guard let start = outcomes.baseAddress else { return }
            // Eight rows at once: their sums run side by side.
            team.run((count + 7) / 8) { _, group in
                let rows = group * 8..<min(group * 8 + 8, count)
                self.losses(targets, rows, weight: weight, into: start)
            }
        }
        guard weight != nil else { return outcomes }
        let task = GradientTask(linear: model.head, gradient: logits)
        try backward.run([task], rows: count, records: [], out: normedGradient)
        team.run(count) { lane, index in
            let row = targets[index].row
            self.model.finalNorm.applyBackward(
                self.model.architecture, x: hidden[row], gradient: self.normedGradient[index],
                scratch: self.lanes[lane], out: gradient[row])
        }
        return outcomes
    }

    private func losses(
        _ targets: [Target], _ rows: Range<Int>, weight: Float?,
        into outcomes: UnsafeMutablePointer<Outcome>
    ) {
        let width = logits.width
        for row in rows {
            let best = logits.argmax(row)
            let token = targets[row].token
            outcomes[row] = Outcome(
                loss: Double(logits[row][token] - logits[row][best]), isBest: best == token)
        }
        var sums = [Float](repeating: 0, count: rows.count)
        let firsts = [Int](repeating: 0, count: rows.count)
        let ends = [Int](repeating: width, count: rows.count)
        plasmid_softmax_rows(
            logits[rows.lowerBound], logits.stride, rows.count, 1, firsts, ends, width, &sums)
        for (index, row) in rows.enumerated() {
            outcomes[row] = Outcome(
                loss: plasmid_log64(Double(sums[index])) - outcomes[row].loss,
                isBest: outcomes[row].isBest)
            guard let weight else { continue }
            plasmid_divide(logits[row], sums[index], width, logits[row])
            logits[row][targets[row].token] -= 1
            plasmid_scale(logits[row], weight, width)
        }
    }
}
