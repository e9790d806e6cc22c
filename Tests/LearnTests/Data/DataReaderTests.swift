import Genome
import Testing

@testable import Learn

@Suite struct DataReaderTests {
    private func lengths(_ data: TrainingData) -> [Int] {
        data.training.map(\.example.tokens.count)
    }

    @Test func `records that fit are taken as they are, those of tokens alone`() throws {
        let data = try DataSamples.read("{\"text\": \"a\"}\n{\"input_ids\": [1, 2]}")
        #expect(data.training.map(\.isAlone) == [false, true])
        #expect(data.training.map(\.place.line) == [1, 2])
        #expect(data.evaluation.isEmpty && data.notes.isEmpty)
    }

    @Test func `a long text is split, everything else refused`() throws {
        let data = try DataSamples.read(#"{"text": "cccccccc"}"#) { $0.sequenceLength = 4 }
        #expect(lengths(data) == [4, 4], "the end alone in the last piece is not learned")
        #expect(data.notes.map(\.kind) == [.split, .endNotLearned])
        let long: [(String, Bool)] = [
            (#"{"prompt": "cccc", "completion": "c"}"#, true),
            (#"{"input_ids": [1, 2, 3, 4, 5]}"#, false),
        ]
        for (text, mayBeCut) in long {
            let found = DataSamples.recordFault(text) { $0.sequenceLength = 4 }
            guard case .tooLong(_, 4, mayBeCut)? = found?.fault else {
                Issue.record("\(text): \(String(describing: found))")
                continue
            }
        }
    }

    @Test func `a long record is cut, left out or refused as it was said`() throws {
        let text = "{\"prompt\": \"c\", \"completion\": \"cccccccc\"}\n{\"text\": \"a\"}"
        func read(_ long: DataSettings.Long) throws -> TrainingData {
            try DataSamples.read(text) {
                $0.sequenceLength = 4
                $0.long = long
            }
        }
        #expect(lengths(try read(.truncate)) == [4, 2])
        #expect(try read(.truncate).notes.map(\.kind) == [.truncated])
        #expect(lengths(try read(.skip)) == [2])
        #expect(try read(.skip).notes.map(\.kind) == [.skipped])
        #expect(lengths(try read(.split)) == [4, 4, 2, 2])
        #expect(throws: LearnError.self) { _ = try read(.refuse) }
    }

    @Test func `tokens are never cut, but may be left out`() throws {
        let text = "{\"input_ids\": [1, 2, 3]}\n{\"input_ids\": [1, 2]}"
        for long in [DataSettings.Long.truncate, .split, .refuse, .automatic] {
            let found = DataSamples.recordFault(text) {
                $0.sequenceLength = 2
                $0.long = long
            }
            #expect(found?.fault == .tooLong(tokens: 3, limit: 2, mayBeCut: false))
        }
        let data = try DataSamples.read(text) {
            $0.sequenceLength = 2
            $0.long = .skip
        }
        #expect(lengths(data) == [2])
    }

    @Test func `what is cut to nothing is left out and told`() throws {
        let text = "{\"prompt\": \"cccccc\", \"completion\": \"c\"}\n{\"text\": \"a\"}"
        let data = try DataSamples.read(text) {
            $0.sequenceLength = 4
            $0.long = .truncate
        }
        #expect(lengths(data) == [2])
        #expect(data.notes.map(\.kind) == [.truncated, .cutToNothing])
    }

    @Test func `a record without a target is refused`() {
        for text in [
            #"{"input_ids": [1]}"#, #"{"input_ids": [1, 2], "labels": [1, -100]}"#,
        ] { #expect(DataSamples.recordFault(text)?.fault == .noTarget) }
        #expect(
            DataSamples.fault(#"{"input_ids": [1, 2, 3]}"#) {
                $0.sequenceLength = 2; $0.long = .skip
            } == .nothingToLearn)
    }

    private static let letters = (0..<600).map { number in
        let digits = String(number, radix: 3).map { ["0": "a", "1": "b", "2": "c"][$0] ?? "" }
        return "{\"text\": \"\(digits.joined())\"}"
    }

    @Test func `the part that is set aside follows records and seed, not their order`() throws {
        func parts(_ lines: [String], seed: UInt64 = 0) throws -> ([[Int32]], [[Int32]]) {
            let data = try DataSamples.read(lines.joined(separator: "\n")) {
                $0.evaluationPart = 0.25
                $0.seed = seed
            }
            return (
                data.training.map(\.example.tokens), data.evaluation.map(\.example.tokens)
            )
        }
        let (training, evaluation) = try parts(Self.letters)
        #expect(training.count + evaluation.count == 600)
        #expect((110...190).contains(evaluation.count))
        let turned = try parts(Self.letters.reversed())
        #expect(turned.0 == training.reversed() && turned.1 == evaluation.reversed())
        let fewer = try parts(Array(Self.letters.prefix(300)))
        #expect(Array(evaluation.prefix(fewer.1.count)) == fewer.1)
        #expect(try parts(Self.letters, seed: 1).1 != evaluation)
        let twice = try parts(Self.letters + Self.letters)
        #expect(twice.1 == evaluation + evaluation)
    }

    @Test func `pieces of a plain text are set aside one by one`() throws {
        let text = Self.letters.joined()
        let data = try DataSamples.read(text, "x.txt") {
            $0.evaluationPart = 0.25
            $0.sequenceLength = 16
        }
        #expect(data.training.count > 3 * data.evaluation.count / 2)
        #expect(data.evaluation.count > 10)
        #expect(lengths(data).dropLast().allSatisfy { $0 == 16 })
    }

    @Test func `a split in which nothing falls is told`() throws {
        let data = try DataSamples.read(#"{"text": "a"}"#) { $0.evaluationPart = 1e-9 }
        #expect(data.notes.map(\.kind) == [.nothingSetAside])
    }

    @Test func `several files follow each other`() throws {
        let scratch = try ScratchFolder()
        let folder = try scratch.write(
            [("a.txt", Array("ab".utf8)), ("b.csv", Array("text\nc\n".utf8))], to: "x")
        var reader = try DataReader(
            tokenizer: try DataSamples.tokenizer(), format: nil, vocabulary: 9, ends: [8],
            settings: DataSettings())
        for name in ["/b.csv", "/a.txt"] { try reader.read(try DataFile(path: folder + name)) }
        let data = try reader.finish()
        #expect(data.training.map(\.example.tokens) == [[3, 8], [4, 8]])
        #expect(data.training.map(\.place.file) == [folder + "/b.csv", folder + "/a.txt"])
    }

    @Test func `settings outside their range are refused at once`() throws {
        #expect(
            DataSamples.fault("{}") { $0.sequenceLength = 1 }
                == .setting(
                    name: "the length of a sequence", allowed: "from 2 to 16777216 tokens"))
    }

    @Test func `all files together have a limit`() throws {
        let file = try DataFile(name: "x.jsonl", bytes: Array(#"{"input_ids": [1, 2]}"#.utf8))
        var reader = try DataReader(
            tokenizer: nil, format: nil, vocabulary: 9, ends: [], settings: DataSettings(),
            bytesMax: file.blob.size * 2)
        try reader.read(file)
        try reader.read(file)
        #expect(throws: LearnError.data(.tooMuch(what: "bytes", limit: file.blob.size * 2))) {
            try reader.read(file)
        }
    }
}
