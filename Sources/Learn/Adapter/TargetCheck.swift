import Genome

/// Which modules of a model a configuration means.
enum TargetCheck {
    /// Refuses a name that means no module, with those it may have meant.
    static func names(_ config: AdapterConfig, among paths: [String]) throws(LearnError) {
        guard case .names(let names) = config.targets else { return }
        for name in names
        where !paths.contains(where: { $0 == name || $0.hasSuffix("." + name) }) {
            let last = Set(paths.map { $0.split(separator: ".").last.map(String.init) ?? $0 })
            throw .weights(.noModule(name, nearest: NearestNames.of(name, among: Array(last))))
        }
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
