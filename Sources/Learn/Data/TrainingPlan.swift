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

    /// What was computed so far.
    private struct Known {
        /// The first row of every `markedEpochs`th epoch.
        var marks = [0]
        /// An epoch and its first row.
        var last: (epoch: Epoch, first: Int)?
    }

    /// Epochs from one mark to the next: however long a run is, little is kept.
    private static let markedEpochs = 1_024

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

    /// The plan of a training; there must be examples, and `batch` and `accumulate` at least 1.
    public init(
        _ entries: [TrainingData.Entry], _ settings: DataSettings, batch: Int, accumulate: Int
    ) {
        precondition(!entries.isEmpty && batch > 0 && accumulate > 0)
        self.batch = batch
        self.accumulate = accumulate
        self.settings = settings
        lengths = entries.map { $0.example.tokens.count }
        targets = entries.map { $0.example.targets }
        isAlone = entries.map(\.isAlone)
        random = CounterRandom(seed: settings.seed, purpose: .order)
    }

    /// The micro-batches of a step, from 0: the indices of the examples of each.
    public func step(_ index: Int) -> [[Int]] {
        precondition(index >= 0)
        return (0..<accumulate).map { part in
            let first = (index * accumulate + part) * batch
            return (first..<first + batch).flatMap { row($0) }
        }
    }

    /// The examples of a row, counted from the start of the training.
    private func row(_ index: Int) -> [Int] {
        known.withLock { known in
            let (epoch, first) = find(index, &known)
            let row = index - first
            let end = row + 1 < epoch.starts.count ? epoch.starts[row + 1] : epoch.order.count
            return Array(epoch.order[epoch.starts[row]..<end])
        }
    }

    /// The epoch of a row, and its first row. Epochs differ in length only where shuffled examples
    /// share rows; then they are gone through from the last mark or the last epoch on.
    private func find(_ index: Int, _ known: inout Known) -> (epoch: Epoch, first: Int) {
        if let last = known.last,
            (last.first..<last.first + last.epoch.starts.count).contains(index)
        {
            return last
        }
        var place: (number: Int, first: Int)
        if !settings.isPacked || settings.order == .given {
            let rows = (known.last?.epoch ?? epoch(0)).starts.count
            place = (index / rows, index / rows * rows)
        } else {
            let mark = max(0, known.marks.partitioningIndex { $0 > index } - 1)
            place = (mark * Self.markedEpochs, known.marks[mark])
            if let last = known.last, last.first <= index, last.epoch.number > place.number {
                place = (last.epoch.number, last.first)
            }
        }
        var epoch = epoch(place.number)
        while index - place.first >= epoch.starts.count {
            place = (place.number + 1, place.first + epoch.starts.count)
            if place.number == known.marks.count * Self.markedEpochs {
                known.marks.append(place.first)
            }
            epoch = self.epoch(place.number)
        }
        known.last = (epoch, place.first)
        return (epoch, place.first)
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
