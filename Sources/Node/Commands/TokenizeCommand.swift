import Genome
import Host
import Learn
import Wire

/// `plasmid tokenize` and `plasmid detokenize`: text to token ids and back.
enum TokenizeCommand {
    /// Longest line of a file: as long as the tokenizer takes.
    private static let lineBytesMax = 64 << 20

    static func tokenize(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let tokenizer = try tokenizer(arguments, report)
        let addSpecial = !arguments.isGiven("no-special")
        try perform(arguments, report, input: "text") { value throws(Failure) in
            guard let text = value.string else { return nil }
            let ids = try tokenizer.encoded(text, addSpecial: addSpecial)
            var object = JSONObject()
            object["tokens"] = .array(ids.map { .integer(Int64($0)) })
            return (object, ids.map { String($0) }.joined(separator: ","))
        }
    }

    static func detokenize(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let tokenizer = try tokenizer(arguments, report)
        let skipSpecial = arguments.isGiven("no-special")
        try perform(arguments, report, input: "tokens") { value throws(Failure) in
            let ids: [Int]
            if let list = value.array {
                ids = list.compactMap { $0.integer.map { Int($0) } }
                guard ids.count == list.count else { return nil }
            } else {
                ids = try TokenList.parse(value.string ?? "")
            }
            let known = try ids.map { id throws(Failure) in try Self.known(id, tokenizer) }
            let text = try inLearn("reading the ids") { () throws(LearnError) in
                try tokenizer.decode(known, skipSpecial: skipSpecial)
            }
            var object = JSONObject()
            object["text"] = .string(text)
            return (object, text)
        }
    }

    private static func known(_ id: Int, _ tokenizer: Tokenizer) throws(Failure) -> UInt32 {
        guard let number = UInt32(exactly: id), tokenizer.text(of: number) != nil else {
            throw Failure(
                .refused, "token \(id) does not exist",
                why: "the ids of this tokenizer are 0 to \(tokenizer.vocabularySize - 1)")
        }
        return number
    }

    private static func tokenizer(
        _ arguments: Arguments, _ report: Report
    ) throws(Failure) -> Tokenizer {
        guard let base = arguments.text("base") else {
            throw Failure(.usage, "--base is missing", remedy: "say --base LAYER or --base DIR")
        }
        let source = try LayerSource.open(base, LazyAccess(report, for: try LayerUse.run([])))
        return try ComputeSession.tokenizer(of: source)
    }

    private typealias Answer = (json: JSONObject, text: String)

    /// One value of the command line, or one for each line of a file.
    private static func perform(
        _ arguments: Arguments, _ report: Report, input: String,
        _ convert: (JSONValue) throws(Failure) -> Answer?
    ) throws(Failure) {
        switch (arguments.text(input), arguments.text("file")) {
        case (let value?, nil):
            guard let answer = try convert(.string(value)) else { return }
            let isTerminal = Machine.isTerminal(1)
            report.done(
                answer.json, text: [isTerminal ? PlainText.lines(answer.text) : answer.text])
        case (nil, let path?):
            try each(path) { number, line throws(Failure) in
                let object = try inGenome("reading line \(number) of \(path)") {
                    () throws(GenomeError) in
                    try JSONParser.parse(line, limits: JSONLimits(bytes: lineBytesMax, depth: 8))
                }
                guard let value = object[input], let answer = try convert(value) else {
                    throw Failure(
                        .refused, "line \(number) of \(path) has no \(input)",
                        why: "each line must be an object such as "
                            + (input == "text" ? #"{"text":"…"}"# : #"{"tokens":[1,2]}"#))
                }
                Machine.write(Report.line(answer.json) + "\n", to: 1)
            }
        default:
            throw Failure(.usage, "say --\(input) or --file, one of the two")
        }
    }

    /// Every line of a file that is not empty, read piece by piece.
    private static func each(
        _ path: String, _ body: (Int, [UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        var reader = try LineReader(path, lineBytesMax: lineBytesMax)
        var number = 0
        while let line = try reader.next() {
            number += 1
            if line.contains(where: { $0 != 0x20 && $0 != 0x0d && $0 != 0x09 }) {
                try body(number, line)
            }
        }
    }
}

/// The lines of a file, without their ends.
struct LineReader {
    private static let pieceBytes = 1 << 18

    private let file: File
    private let path: String
    private let lineBytesMax: Int
    private var offset: UInt64 = 0
    private var rest: [UInt8] = []
    /// Where the next line begins in `rest`; what is before it goes when more is read.
    private var start = 0
    private var isAtEnd = false

    /// Opens a file whose lines have at most `lineBytesMax` bytes.
    init(_ path: String, lineBytesMax: Int) throws(Failure) {
        self.path = path
        self.lineBytesMax = lineBytesMax
        do throws(SystemError) {
            file = try File(path, .read)
        } catch {
            throw Failure(.notFound, "\(path) cannot be read", why: error.reason)
        }
    }

    /// The next line; nil at the end.
    mutating func next() throws(Failure) -> [UInt8]? {
        while true {
            if let end = rest[start...].firstIndex(of: 0x0a) {
                defer { start = end + 1 }
                return Array(rest[start..<end])
            }
            rest.removeFirst(start)
            start = 0
            guard !isAtEnd else {
                defer { rest = [] }
                return rest.isEmpty ? nil : rest
            }
            guard rest.count <= lineBytesMax else {
                throw Failure(
                    .refused, "a line of \(path) is too long",
                    why: "lines may have \(lineBytesMax >> 20) MiB")
            }
            do throws(SystemError) {
                let piece = try file.read(count: Self.pieceBytes, offset: offset)
                offset += UInt64(piece.count)
                isAtEnd = piece.isEmpty
                rest += piece
            } catch {
                throw Failure(.notFound, "\(path) cannot be read", why: error.reason)
            }
        }
    }
}
