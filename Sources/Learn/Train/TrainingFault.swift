/// Why a training step or its preparation cannot be done.
public enum TrainingFault: Hashable, Sendable, CustomStringConvertible {
    /// A module that cannot be trained.
    case module(String, why: String)
    /// A target that the base does not have; `among` are the names that it has.
    case noModule(String, among: [String])
    /// Settings that mean no module at all; `among` are the names that there are.
    case noModules(among: [String])
    /// Targets that cannot be read as a regular expression.
    case pattern(String)
    /// A key of a pattern that means none of the modules that are trained, `among`.
    case unusedPattern(String, among: [String])
    /// A step without a token that is learned.
    case noTargets(step: Int)
    /// A loss or gradient that is no number.
    case notFinite(step: Int)
    /// A start adapter that differs from the settings.
    case start(what: String)
    /// A state to go on from that does not fit.
    case state(what: String)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .module(let path, let why): "\(path) cannot be trained: \(why)"
        case .noModule(let name, let among):
            "the base has no module \(name); it has \(among.joined(separator: ", "))"
        case .noModules(let among):
            "the targets mean no module of this base; it has \(among.joined(separator: ", "))"
        case .pattern(let text):
            "\(text) is no regular expression that can be followed"
        case .unusedPattern(let key, let among):
            "the pattern \(key) means none of the modules that are trained: "
                + among.joined(separator: ", ")
        case .noTargets(let step): "step \(step) has no token that is learned"
        case .notFinite(let step):
            "the loss of step \(step) is no number; a smaller --lr or --clip may keep it finite"
        case .start(let what): "the adapter to start from does not fit: \(what)"
        case .state(let what): "the state to go on from does not fit: \(what)"
        }
    }
}
