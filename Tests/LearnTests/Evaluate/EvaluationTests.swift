import Foundation
import Genome
import Testing

@testable import Learn

@Suite struct EvaluationTests {
    private let example = TrainingExample(
        tokens: (0..<90).map { Int32($0 * 7 % 40) },
        labels: (0..<90).map { $0 < 20 || (40..<60).contains($0) ? -100 : Int32($0 * 7 % 40) })

    @Test func `threads, batches and other examples change no bit`() throws {
        let tiny = try TinyModel("mistral-window")
        let expected = try Evaluation(try tiny.engine(threads: 1)).score(example)
        #expect(expected.targets == example.targets)
        for (threads, rows) in [(2, 512), (3, 7), (1, 1)] {
            let evaluation = Evaluation(try tiny.engine(threads: threads, batchRows: rows))
            _ = try evaluation.score(
                TrainingExample(tokens: [3, 2, 1], labels: [-100, 2, -100]))
            #expect(try evaluation.score(example) == expected)
        }
    }

    @Test func `a loss is that of the training`() throws {
        let tiny = try TinyModel("llama-llama3")
        let other = TrainingExample(tokens: [3, 2, 1, 5], labels: [-100, 2, -100, 5])
        var totals = EvaluationTotals()
        let evaluation = Evaluation(try tiny.engine())
        for part in [other, example] { totals.add(try evaluation.score(part)) }
        // B is zero at the start, so that the factors change nothing.
        let trainer = try Trainer(
            tiny.model, TrainingSettings(), threads: 2, rows: 128, longest: 90)
        let trained = try trainer.loss(of: [other, example])
        #expect(totals.targets == trained.targets && totals.correct == trained.correct)
        #expect(totals.loss == trained.sum / Double(trained.targets))
    }

    @Test func `what lies behind the last target or has none costs nothing`() throws {
        let tiny = try TinyModel("gpt2")
        let engine = try tiny.engine()
        let positions = tiny.model.architecture.positions
        let tokens = [Int32](repeating: 1, count: positions + 5)
        var labels = [Int32](repeating: -100, count: positions + 5)
        #expect(
            try Evaluation(engine).score(TrainingExample(tokens: tokens, labels: labels))
                == ItemScore(losses: [], correct: 0))
        labels[positions] = 1
        #expect(
            try Evaluation(engine).score(TrainingExample(tokens: tokens, labels: labels)).targets
                == 1)
        labels[positions + 1] = 1
        #expect(throws: LearnError.self) {
            _ = try Evaluation(engine).score(TrainingExample(tokens: tokens, labels: labels))
        }
    }

    @Test func `a label that the model does not have is refused`() throws {
        let engine = try TinyModel("llama-llama3").engine()
        for label in [Int32(-1), 1 << 20] {
            #expect(throws: LearnError.self) {
                _ = try Evaluation(engine).score(
                    TrainingExample(tokens: [1, 2], labels: [-100, label]))
            }
        }
    }

    /// `Tests/Vectors/evaluation.json`, which `Tests/Judges/evaluation.py` writes with
    /// Transformers and PEFT.
    @Test func `scores are those of Transformers and PEFT`() throws {
        let url = TokenizerVectors.folder.appending(path: "Vectors/evaluation.json")
        let bytes = [UInt8](try Data(contentsOf: url))
        let cases = try JSONParser.parse(bytes, limits: JSONLimits(bytes: 1 << 20))["cases"]
        let sample = SampleTokenizer.root.appending(path: "bootstrap/sample").path
        let model = try Model(try LayerFiles(folder: sample + "/base"))
        let adapter = try Adapter(try LayerFiles(folder: sample + "/adapter"))
        let stack = try AdapterStack(
            [AdapterStack.Member(adapter, identifier: "a")], model: model)
        let engine = try Engine(model, profile: .portable, threads: 2)
        let tokenizer = try SampleTokenizer.load()
        var exact = 0
        for entry in cases?.array ?? [] {
            var reader = try DataReader(
                tokenizer: tokenizer, format: nil,
                vocabulary: model.architecture.vocabulary, ends: [], settings: DataSettings())
            let record = try #require(entry["record"])
            try reader.read(try DataFile(name: "x.jsonl", bytes: CanonicalJSON.write(record)))
            let example = try reader.finish().training[0].example
            #expect(example.tokens.map { Int64($0) } == entry["tokens"]?.array?.map(\.integer))
            for (name, adapters) in [("base", nil), ("adapter", stack)] {
                let found = try Evaluation(engine, adapters: adapters).score(example)
                let expected = try #require(entry["scores"]?[name])
                #expect(abs(found.loss - (expected["loss"]?.number ?? 0)) < 2e-5)
                #expect(found.targets == expected["targets"]?.integer.map { Int($0) })
                #expect(found.correct == expected["correct"]?.integer.map { Int($0) })
                #expect(found.isExact == expected["exact"]?.bool)
                exact += found.isExact ? 1 : 0
            }
        }
        #expect(exact >= 3)
    }
}
