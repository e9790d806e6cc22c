import Learn

extension Failure {
    /// What is wrong with a model, an adapter or a request, while doing `what`.
    init(_ error: LearnError, doing what: String) {
        var code = Code.refused
        var remedy = ""
        switch error {
        case .weights(.missingFile), .weights(.unreadable): code = .notFound
        case .weights(.notFinite), .weights(.format): code = .corrupt
        case .weights(.wrongBase):
            remedy = "Use the base that plasmid show names for the layer"
        case .weights(.noModule):
            remedy = "Use the base that the adapter was trained on"
        case .weights(.tooMuchMemory), .request(.noMemory):
            code = .quota
            remedy = "Ask for fewer tokens, or use a smaller model"
        case .request(.setting), .data(.setting): code = .usage
        case .data(.unreadable):
            code = .notFound
            remedy = "Put it where it was, or name the one that is meant"
        case .training(.noModule), .training(.noModules):
            remedy = "Say --targets with names of these, or all-linear"
        case .training(.pattern):
            remedy = "Say --targets with names, all-linear or such an expression of whole paths"
        case .request(.notFrozen(_, let now)):
            code = .unsupported
            remedy =
                "Train anew with this version, which records \(now); or use the version that "
                + "began it"
        case .request(.tooLong): remedy = "Shorten the prompt or say a smaller --max-tokens"
        case .checkpoint(.diskFull):
            code = .quota
            remedy = "Free some space, then go on with: plasmid jobs resume JOB"
        case .checkpoint(.changed), .checkpoint(.damaged), .checkpoint(.gone):
            code = .corrupt
            remedy =
                "Put back what was changed, or remove the last step's folder to go on from the "
                + "one before it"
        case .checkpoint(.missing):
            code = .corrupt
            remedy = "Put it back, or train anew"
        case .checkpoint(.otherRecipe):
            remedy = "Put back what was changed, or train anew under another name"
        default: break
        }
        self.init(code, "\(what) failed", why: error.description, remedy: remedy)
    }
}
