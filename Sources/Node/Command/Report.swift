import Genome

/// How a command answers: one JSON object on one line with `--json`, text for people without.
struct Report {
    /// Whether the answer is JSON.
    let isJSON: Bool
    private let writeOut: (String) -> Void
    private let writeError: (String) -> Void

    /// A report that writes whole lines to stdout and stderr.
    init(
        isJSON: Bool, writeOut: @escaping (String) -> Void, writeError: @escaping (String) -> Void
    ) {
        self.isJSON = isJSON
        self.writeOut = writeOut
        self.writeError = writeError
    }

    /// The answer of a command that did what it should.
    func done(_ json: JSONObject, text: @autoclosure () -> [String]) {
        if isJSON {
            writeOut(Self.line(json))
        } else {
            text().forEach(writeOut)
        }
    }

    /// One object of a command that goes on, such as the line of `run` when it is ready.
    func event(_ json: JSONObject, text: @autoclosure () -> [String]) {
        done(json, text: text())
    }

    /// A remark for people; nothing for scripts.
    func note(_ text: String) {
        if !isJSON { writeError(text) }
    }

    /// The answer of a command that failed, and its exit code. The line for people is always
    /// there, so that a log of stderr tells what happened.
    func failed(_ failure: Failure) -> Int32 {
        if isJSON { writeOut(Self.line(failure.json)) }
        writeError(failure.line)
        return failure.exitCode
    }

    /// The exit code of work that a signal ended in good order, as shells expect it: 128 and the
    /// signal's number. What was done by then is answered first; the line for people is always
    /// there.
    func stopped(_ text: String, by signal: Int32) -> Int32 {
        writeError("plasmid: \(text)")
        return 128 + signal
    }

    /// A JSON object on one line.
    static func line(_ json: JSONObject) -> String {
        String(decoding: CanonicalJSON.write(json), as: UTF8.self)
    }
}
