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
        case .data(.unreadable): code = .notFound
        case .request(.tooLong): remedy = "Shorten the prompt or say a smaller --max-tokens"
        default: break
        }
        self.init(code, "\(what) failed", why: error.description, remedy: remedy)
    }
}
