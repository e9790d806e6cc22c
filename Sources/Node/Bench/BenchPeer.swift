import Genome
import Host
import Learn

/// Another program that does the same work: a shell command that prints its figures as one line of
/// JSON: of models `tok_s` and, where memory is compared, `rss_mib`; of a codec `times_smaller`,
/// `coding_gb_s` and `decoding_gb_s`.
struct BenchPeer {
    /// What it printed.
    struct Figures {
        /// Tokens a second.
        let rate: Double
        /// Most memory it held, in MiB; nil if it does not say.
        let memory: Double?
    }

    private let command: String

    /// The peer of `--peer`; nil without one.
    init?(_ arguments: Arguments) {
        guard let command = arguments.text("peer") else { return nil }
        self.command = command
    }

    /// Runs the command with each `{name}` replaced by its value, and gives what it printed.
    func answer(_ values: KeyValuePairs<String, String>) throws(Failure) -> JSONValue {
        var command = command
        for (name, value) in values { command = command.replacing("{\(name)}", with: value) }
        return try Self.output("/bin/sh", ["-c", command])
    }

    /// The same of one that runs models.
    func figures(_ values: KeyValuePairs<String, String>) throws(Failure) -> Figures {
        let answer = try answer(values)
        guard let rate = answer["tok_s"]?.number, rate > 0 else {
            throw Failure(.refused, "the peer printed no tok_s")
        }
        return Figures(rate: rate, memory: answer["rss_mib"]?.number)
    }

    /// The last line that a program prints, as JSON.
    static func output(_ path: String, _ words: [String]) throws(Failure) -> JSONValue {
        var last = ""
        do throws(SystemError) {
            let child = try ChildProcess(path, words)
            while let line = child.readLine() { last = line.isEmpty ? last : line }
            guard child.wait() == 0 else { throw SystemError("wait", words[0], code: 5) }
        } catch {
            throw Failure(.internal, "running a case failed", why: error.description)
        }
        return try inGenome("reading a figure") { () throws(GenomeError) in
            try JSONParser.parse(Array(last.utf8), limits: JSONLimits(bytes: 1 << 20))
        }
    }
}

extension BenchRow {
    /// The same figure held against the peer's, which ran before and after it, so that a machine
    /// that changes its pace is seen.
    func beside(_ before: BenchPeer.Figures, _ after: BenchPeer.Figures) -> BenchRow {
        BenchRow(
            name: name, figure: figure, unit: unit,
            against: "the peer's \(Int(before.rate)) and \(Int(after.rate))",
            ratio: figure / ((before.rate + after.rate) / 2))
    }
}

extension Profile {
    /// What peers call the numbers that a profile computes with.
    var peerType: String { self == .portable ? "fp32" : "bf16" }
}
