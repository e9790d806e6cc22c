/// What a process that only computes says in lines of JSON to the command that started it.
protocol WorkerNews: SendableMetatype {
    /// What it comes to.
    associatedtype Answer

    /// The line.
    var line: String { get }
    /// The last word: an answer, or why there is none; nil for news on the way.
    var ending: Result<Answer, Failure>? { get }

    /// The news of a line; nil for anything else, such as a line that a crash cut off.
    init?(_ line: String)
}
