import Genome
import Wire

/// Which modules of a model a configuration means.
enum TargetCheck {
    /// Refuses a name that means no module, with those it may have meant.
    static func names(_ config: AdapterConfig, among paths: [String]) throws(LearnError) {
        guard case .names(let names) = config.targets else { return }
        for name in names
        where !paths.contains(where: { $0 == name || $0.hasSuffix("." + name) }) {
            throw .weights(
                .noModule(name, nearest: NearestNames.of(name, among: Array(lastNames(paths)))))
        }
    }

    /// Refuses a key of `rank_pattern` or `alpha_pattern` that means none of the modules that are
    /// trained.
    static func patterns(_ config: AdapterConfig, among paths: [String]) throws(LearnError) {
        for key in config.rankPattern.map(\.key) + config.alphaPattern.map(\.key) {
            guard paths.contains(where: { AdapterConfig.ends($0, with: key) == true }) else {
                throw .training(
                    .unusedPattern(PlainText.shown(key), among: lastNames(paths).sorted()))
            }
        }
    }

    private static func lastNames(_ paths: [String]) -> Set<String> {
        Set(paths.map { path in path.split(separator: ".").last.map { String($0) } ?? path })
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
