/// One run of a scenario: its seed, and what is left out of it to see whether that matters. The
/// same trial gives the same run on every machine.
package struct Trial: Equatable, Sendable {
    /// Where all chance comes from.
    package var seed: UInt64
    /// Nodes that a group of nodes has at most; nil for as many as the scenario says.
    package var nodesMax: Int?
    /// How often a scenario does at most what it does again and again; nil for as it says.
    package var roundsMax: Int?
    /// Numbers of the faults that happen, by the order in which they come up; nil for all.
    package var faults: [Int]?
    /// What the network does not do to messages.
    package var calm: Set<WeatherKind> = []
    /// A fault of the program itself, planted to see that it is found.
    package var defect: Defect?

    /// A fault of the program.
    package enum Defect: Equatable, Sendable {
        /// This node passes no news on.
        case mute(Int)
        /// A node that stood still passes no news on from then on.
        case muteAfterPause
        /// A node that was started anew gives nobody a record.
        case muteAfterRestart
    }

    /// The whole scenario.
    package init(seed: UInt64, defect: Defect? = nil) {
        self.seed = seed
        self.defect = defect
    }

    /// The least that a scenario can be.
    package var smallest: Trial {
        var trial = self
        trial.nodesMax = 0
        trial.roundsMax = 0
        trial.faults = []
        trial.calm = Set(WeatherKind.allCases)
        return trial
    }

    /// The options of `plasmid bench simulate` that repeat it.
    package var options: String {
        var words = ["--seed \(seed)"]
        if let nodesMax { words.append("--nodes \(nodesMax)") }
        if let roundsMax { words.append("--rounds \(roundsMax)") }
        if let faults {
            let numbers = faults.isEmpty ? "none" : faults.map(String.init).joined(separator: ",")
            words.append("--faults \(numbers)")
        }
        if !calm.isEmpty {
            words.append("--calm \(calm.map(\.rawValue).sorted().joined(separator: ","))")
        }
        return words.joined(separator: " ")
    }
}

/// What weather does to messages, each of which may matter or not.
package enum WeatherKind: String, CaseIterable, Comparable, Sendable {
    case lost
    case bursts
    case doubled
    case overtaking
    case bent

    package static func < (left: WeatherKind, right: WeatherKind) -> Bool {
        left.rawValue < right.rawValue
    }
}
