import Genome

/// Which modules of a model a configuration means.
enum TargetCheck {
    /// Refuses a name that means no module, with those it may have meant.
    static func names(_ config: AdapterConfig, among paths: [String]) throws(LearnError) {
        guard case .names(let names) = config.targets else { return }
        for name in names
        where !paths.contains(where: { $0 == name || $0.hasSuffix("." + name) }) {
            throw .weights(.noModule(name, nearest: nearest(to: name, among: paths)))
        }
    }

    /// Refuses a key of `rank_pattern` or `alpha_pattern` that means none of the modules that are
    /// adapted, with those it may have meant.
    static func patterns(_ config: AdapterConfig, among paths: [String]) throws(LearnError) {
        for key in config.rankPattern.map(\.key) + config.alphaPattern.map(\.key) {
            let isUsed = paths.contains { AdapterConfig.ends($0, with: key) == true }
            guard isUsed else {
                throw .training(.pattern(key, nearest: nearest(to: key, among: paths)))
            }
        }
    }

    /// Names of modules that come nearest to a name, or to the last word of a pattern.
    static func nearest(to text: String, among paths: [String]) -> [String] {
        let names = Set(paths.map { $0.split(separator: ".").last.map(String.init) ?? $0 })
        let isWord = { (letter: Character) in
            letter.isASCII && (letter.isLetter || letter.isNumber || letter == "_")
        }
        let words = text.split { !isWord($0) }.filter { $0.count > 1 }
        return NearestNames.of(words.last.map { String($0) } ?? text, among: Array(names))
    }

    /// Whether the configuration means the module at `path`.
    static func isMeant(
        _ path: String, _ config: AdapterConfig, _ model: Model
    ) throws(LearnError) -> Bool {
        let isMeant: Bool? =
            switch config.targets {
            case .standard:
                model.architecture.family.standardTargets.contains { path.hasSuffix("." + $0) }
                    && config.isTarget(path) == true
            case .allLinear: path != model.head.path && config.isTarget(path) == true
            case .names, .pattern: config.isTarget(path)
            }
        guard let isMeant else {
            throw .weights(.adapterKey("target_modules", why: "cannot be followed"))
        }
        return isMeant
    }
}
