import Host

/// Which examples are learned in which step: an endless order that follows from examples, settings
/// and seed alone, so that a training can be taken up at any step.
///
/// Each epoch goes once through all examples, as they stand or shuffled. With packing, consecutive
/// examples share a row as long as their tokens fit; a row ends with its epoch. A micro-batch is so
/// many rows, a step so many micro-batches, across the ends of epochs. No example of a row sees
/// another: each begins at position 0.
public final class TrainingPlan: Sendable {
    /// What a run of steps learns from.
    public struct Totals: Equatable, Sendable {
        /// Examples, with repetitions.
        public var examples = 0
        /// Their tokens.
        public var tokens = 0
        /// Tokens that are learned.
        public var targets = 0
    }

    /// The rows of one epoch: where each begins in the epoch's order, and the order.
    private struct Epoch {
        let number: Int
        let order: [Int]
        let starts: [Int]
    }

    /// What was computed so far: the first row of each epoch, counted from the start, and the
    /// epoch that was asked for last.
    private struct Known {
        var firstRows = [0]
        var evenRows: Int?
        var last: Epoch?
    }

    /// Rows that one micro-batch holds.
    public let batch: Int
    /// Micro-batches of one step.
    public let accumulate: Int
    private let lengths: [Int]
    private let targets: [Int]
    private let isAlone: [Bool]
    private let settings: DataSettings
    private let random: CounterRandom
    private let known = Lock(Known())

    /// The plan of a training; there must be examples, and `batch` and `accumulate` must be as
    /// `TrainingSettings.check` has them.
    public init(
        _ entries: [TrainingData.Entry], _ settings: DataSettings, batch: Int, accumulate: Int
    ) {
        let allowed = 1...TrainingSettings.batchMax
        precondition(!entries.isEmpty && allowed.contains(batch) && allowed.contains(accumulate))
        precondition(batch * accumulate <= TrainingSettings.stepRowsMax)
        self.batch = batch
        self.accumulate = accumulate
        self.settings = settings
        lengths = entries.map { $0.example.tokens.count }
        targets = entries.map { $0.example.targets }
        isAlone = entries.map(\.isAlone)
        random = CounterRandom(seed: settings.seed, purpose: .order)
    }

    /// The micro-batches of a step, from 0 to `TrainingSettings.stepsMax`: the indices of the
    /// examples of each.
    public func step(_ index: Int) -> [[Int]] {
        // So the number of a row stays below 2^63.
        precondition((0...TrainingSettings.stepsMax).contains(index))
        return (0..<accumulate).map { part in
            let first = (index * accumulate + part) * batch
            return (first..<first + batch).flatMap { row($0) }
        }
    }

    /// The examples of a row, counted from the start of the training.
    private func row(_ index: Int) -> [Int] {
        known.withLock { known in
            if let rows = evenRows(&known) {
                return examples(of: index % rows, index / rows, &known)
            }
            while known.firstRows[known.firstRows.count - 1] <= index {
                let next = epoch(known.firstRows.count - 1)
                known.firstRows.append(
                    known.firstRows[known.firstRows.count - 1] + next.starts.count)
                known.last = next
            }
            let number = known.firstRows.partitioningIndex { $0 > index } - 1
            return examples(of: index - known.firstRows[number], number, &known)
        }
    }

    /// Rows of every epoch, if all have as many: then a late one is found without those before it,
    /// which a stranger's checkpoint may claim by the million.
    private func evenRows(_ known: inout Known) -> Int? {
        guard settings.isPacked else { return lengths.count }
        guard settings.order == .given else { return nil }
        let rows = known.evenRows ?? epoch(0).starts.count
        known.evenRows = rows
        return rows
    }

    /// The examples of a row of an epoch.
    private func examples(of row: Int, _ number: Int, _ known: inout Known) -> [Int] {
        let epoch = known.last?.number == number ? known.last : nil
        let found = epoch ?? self.epoch(number)
        known.last = found
        let end = row + 1 < found.starts.count ? found.starts[row + 1] : found.order.count
        return Array(found.order[found.starts[row]..<end])
    }

    private func epoch(_ number: Int) -> Epoch {
        let order = order(of: number)
        guard settings.isPacked else {
            return Epoch(number: number, order: order, starts: Array(order.indices))
        }
        var starts: [Int] = []
        var room = 0
        for (place, example) in order.enumerated() {
            if isAlone[example] || lengths[example] > room {
                starts.append(place)
                room = settings.sequenceLength
            }
            room = isAlone[example] ? 0 : room - lengths[example]
        }
        return Epoch(number: number, order: order, starts: starts)
    }

    /// The examples of an epoch in the order they are learned in: Fisher and Yates's shuffle from
    /// the end, Durstenfeld 1964.
    private func order(of epoch: Int) -> [Int] {
        var order = Array(lengths.indices)
        guard settings.order == .shuffled else { return order }
        for place in stride(from: order.count - 1, to: 0, by: -1) {
            let drawn = random.uniform(UInt64(epoch), lane: UInt32(place)) * Double(place + 1)
            order.swapAt(place, min(place, Int(drawn)))
        }
        return order
    }
}

extension TrainingPlan {
    /// Examples in one epoch.
    public var examples: Int { lengths.count }

    /// Tokens of one epoch.
    public var tokens: Int { lengths.reduce(0, +) }

    /// What the first `steps` steps learn from.
    public func totals(steps: Int) -> Totals {
        var totals = Totals()
        for index in 0..<steps {
            for example in step(index).joined() {
                totals.examples += 1
                totals.tokens += lengths[example]
                totals.targets += targets[example]
            }
        }
        return totals
    }

    /// How often the first `steps` steps go through all examples.
    public func epochs(steps: Int) -> Double {
        Double(totals(steps: steps).examples) / Double(lengths.count)
    }
}

extension Array {
    /// The first index whose element fulfils what all behind it fulfil too.
    fileprivate func partitioningIndex(_ isBehind: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
