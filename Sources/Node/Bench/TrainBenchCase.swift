import Learn

extension TrainBench {
    /// One way to train: profile, examples of a step, tokens of each, and which modules.
    struct Case {
        let profile: Profile
        let batch: Int
        let tokens: Int
        /// `qkvo`, or `all` linear modules.
        let targets: String

        /// `PROFILE:BATCHxTOKENS:TARGETS`.
        init?(_ text: String) {
            let parts = text.split(separator: ":").map(String.init)
            guard parts.count == 3, let profile = Profile(named: parts[0]) else { return nil }
            let sizes = parts[1].split(separator: "x").compactMap { Int($0) }
            guard sizes.count == 2, sizes.allSatisfy({ (1...65_536).contains($0) }),
                ["qkvo", "all"].contains(parts[2])
            else { return nil }
            self.profile = profile
            (batch, tokens) = (sizes[0], sizes[1])
            targets = parts[2]
        }

        init(_ profile: Profile, _ batch: Int, _ tokens: Int, _ targets: String) {
            self.profile = profile
            self.batch = batch
            self.tokens = tokens
            self.targets = targets
        }

        /// As it is written on the command line.
        var text: String { "\(profileName):\(batch)x\(tokens):\(targets)" }

        /// The profile's short name.
        var profileName: String { profile.shortName }

        /// The modules that `qkvo` means.
        static let attention = ["q_proj", "k_proj", "v_proj", "o_proj"]

        /// Tokens of a step.
        var count: Double { Double(batch * tokens) }

        /// What is measured unless cases are named.
        static let all: [Case] = Profile.allCases.flatMap { profile in
            [(4, 128), (1, 512)].flatMap { size in
                ["qkvo", "all"].map { Case(profile, size.0, size.1, $0) }
            }
        }

        /// What is measured beside something else unless cases are named: one, since it takes long.
        static let beside = Case(.bf16Dot, 4, 128, "all")
    }

    /// What a training is measured with, besides alone.
    enum Beside: String, CaseIterable {
        /// Its own checkpoints.
        case checkpoint
        /// Another process that shares a large file.
        case publish
        /// A thread that keeps one core busy.
        case busy

        /// `checkpoint,publish`: each once, in this order; nil if one is not known.
        static func list(_ text: String) -> [Beside]? {
            let names = text.split(separator: ",", omittingEmptySubsequences: false)
            let found = names.compactMap { Beside(rawValue: String($0)) }
            guard found.count == names.count else { return nil }
            return allCases.filter { found.contains($0) }
        }
    }
}
