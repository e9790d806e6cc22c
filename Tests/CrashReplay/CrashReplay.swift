import Host
import Wire

/// Opens the disks that a trace may have left, and says which of them are not sound.
public struct CrashReplay {
    /// What was tried and found.
    public struct Outcome: Sendable {
        /// Points of the trace at which the power went.
        public internal(set) var points = 0
        /// Disks that were opened.
        public internal(set) var images = 0
        /// What was wrong: where, which choice, what.
        public internal(set) var faults: [String] = []
    }

    /// Most faults that are told; what follows is nearly always the same.
    private static let faultsMax = 12

    private let trace: [TraceEntry]
    private let check: HomeCheck
    private let folder: String

    /// A replay of `trace` in `folder`, which lies best in memory.
    public init(_ trace: [TraceEntry], check: HomeCheck, in folder: String) {
        self.trace = trace
        self.check = check
        self.folder = folder
    }

    /// Number of points: before the first change, and behind each.
    public var pointCount: Int { trace.filter { $0.kind != .mark }.count + 1 }

    /// Tries the points for which `isChosen` says so. Marks stand behind the answer that they
    /// tell of, so that a point between the two promises less, never more.
    public func run(
        _ dice: inout Dice, random: Int, singlesMax: Int, isChosen: (Int, inout Dice) -> Bool
    ) throws -> Outcome {
        var outcome = Outcome()
        var model = DiskModel()
        var promises = StorePromises()
        var point = 0
        func at(_ model: DiskModel, _ promises: StorePromises) throws {
            defer { point += 1 }
            guard isChosen(point, &dice), outcome.faults.count < Self.faultsMax else { return }
            outcome.points += 1
            let images = CrashImage.choices(
                model, random: random, singlesMax: singlesMax, by: &dice)
            for image in images {
                let path = "\(folder)/home"
                try image.write(model, to: path)
                outcome.images += 1
                let faults = check.faults(of: path, owing: promises)
                outcome.faults += faults.map { "point \(point), \(image.name): \($0)" }
                if outcome.faults.count >= Self.faultsMax { return }
            }
        }
        for entry in trace {
            if entry.kind == .mark {
                if let mark = StoreMark(String(decoding: entry.data, as: UTF8.self)) {
                    promises.apply(mark)
                }
                continue
            }
            try at(model, promises)
            model.apply(entry)
        }
        try at(model, promises)
        return outcome
    }
}
