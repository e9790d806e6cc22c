import Genome
import Host
import Learn
import Wire

/// What `eval` reads, and how.
struct EvalOptions {
    /// How records become examples.
    let settings: DataSettings
    private let session: ComputeSession

    /// The options of a command line; a sequence is never longer than the base has positions.
    init(_ arguments: Arguments, _ session: ComputeSession) throws(Failure) {
        var settings = DataSettings()
        let positions = session.model.architecture.positions
        settings.order = .given
        settings.sequenceLength = try Self.sequenceLength(
            arguments, positions: positions, of: session.base.title)
        let long = ["refuse", "truncate", "skip", "split"]
        if let name = try arguments.choice("long", among: long) {
            settings.long = DataSettings.Long(rawValue: name) ?? settings.long
        }
        let learned = DataSettings.Learned.allCases.map(\.rawValue)
        if let name = try arguments.choice("learn", among: learned) {
            settings.learned = DataSettings.Learned(rawValue: name) ?? settings.learned
        }
        settings.template = try arguments.text("template").map { path throws(Failure) in
            try Self.template(path)
        }
        settings.date = try arguments.text("date").map { text throws(Failure) in
            try Self.date(text)
        }
        self.settings = settings
        self.session = session
    }

    /// The length of a sequence: what `--seq` says, never more than the base has positions.
    static func sequenceLength(
        _ arguments: Arguments, positions: Int, of base: String
    ) throws(Failure) -> Int {
        let length =
            try arguments.integer("seq", in: 2...DataSettings.sequenceLengthMax)
            ?? min(DataSettings().sequenceLength, positions)
        guard length <= positions else {
            throw Failure(
                .usage, "--seq \(length) is too long",
                why: "\(base) has \(positions) positions", remedy: "say --seq \(positions) or less")
        }
        return length
    }

    private static func template(_ path: String) throws(Failure) -> String {
        do throws(SystemError) {
            let bytes = try File(path, .read).readAll(limit: DataLimits.templateBytesMax)
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            throw Failure(.notFound, "reading \(path) failed", why: error.reason)
        }
    }

    /// The day that `--date` names.
    static func date(_ text: String) throws(Failure) -> TemplateDate {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
            let date = TemplateDate(year: year, month: month, day: day)
        else {
            throw Failure(
                .usage, "--date \(PlainText.shown(text)) makes no sense",
                why: "it must be YEAR-MONTH-DAY")
        }
        return date
    }

    /// The examples of files, with the files' names and blob ids.
    func read(
        _ paths: [String]
    ) throws(Failure) -> (data: TrainingData, files: [EvalFile]) {
        let files = session.base.files
        var list: [EvalFile] = []
        let data = try inLearn("reading the data") { () throws(LearnError) in
            let tokenizer = try Tokenizer(files)
            var format: ChatFormat?
            if settings.template == nil, let tokenizer {
                format = try ChatFormat(files, tokenizer)
            }
            var reader = try DataReader(
                tokenizer: tokenizer, format: format,
                vocabulary: session.model.architecture.vocabulary,
                ends: try ModelEnds.read(files), settings: settings)
            for path in paths {
                let file = try DataFile(path: path)
                list.append(EvalFile(file))
                try reader.read(file)
            }
            return try reader.finish()
        }
        return (data, list)
    }
}
