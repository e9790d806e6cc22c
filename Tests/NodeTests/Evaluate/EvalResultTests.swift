import Genome
import Testing
import Wire

@testable import Learn
@testable import Node

@Suite("The result of an evaluation")
struct EvalResultTests {
    private func scores(_ losses: [Double], correct: Int) -> EvalScores {
        var scores = EvalScores()
        scores.add(
            ItemScore(losses: losses, correct: correct), tokens: losses.count + 1,
            milliseconds: 2.5)
        return scores
    }

    private func part(_ base: EvalScores, _ adapted: EvalScores) throws -> EvalResult.Part {
        let file = EvalFile(try DataFile(name: "a.txt", bytes: Array("a".utf8)))
        let data = TrainingData(
            training: [], evaluation: [], notes: [], template: Blake3.hash([9]))
        return EvalResult.Part(data: data, files: [file], base: base, adapted: adapted)
    }

    private func result(hasLayers: Bool = true) throws -> EvalResult {
        let base = scores([3, 5], correct: 1)
        let adapted = hasLayers ? scores([1, 2], correct: 2) : base
        return EvalResult(
            data: try part(base, adapted), retention: try part(base, adapted), synergy: nil,
            settings: DataSettings(), profile: .portable, hasLayers: hasLayers,
            hardware: "A processor",
            peakMemory: 123_456_789,
            processorSeconds: 1)
    }

    @Test func `is a table of eighty columns with the change`() throws {
        let title = String(repeating: "layer ", count: 30)
        let lines = try result().lines(title: title, width: 80)
        for line in lines { #expect(TextWidth.columns(line) <= 80, "\(line)") }
        let words = lines.map { $0.split(separator: " ").suffix(3).map { String($0) } }
        #expect(words.contains(["4.0000", "1.5000", "-2.5000"]))
        #expect(lines.contains { $0.contains("answer is exact") && $0.contains("+100.0 %") })
        #expect(lines.contains { $0.contains("general text") })
        #expect(lines.contains { $0.contains("1 example, 2 tokens") })
        let alone = try result(hasLayers: false).lines(title: "a", width: 80)
        #expect(!alone.contains { $0.contains("ADAPTED") || $0.contains("+") })
    }

    @Test func `is a statement that its format allows`() throws {
        let key = try #require(SigningKey(seed: [UInt8](repeating: 3, count: 32)))
        let base = Digest(words: (5, 6, 7, 8))
        for hasLayers in [true, false] {
            let statement = try Statement.make(
                kind: .measurement, layer: Digest(words: (1, 2, 3, 4)), publisher: key.publicKey,
                sequence: 1, issued: 1,
                body: try result(hasLayers: hasLayers).statement(baseLayer: base.hexadecimal))
            let figures = statement.body["figures"]?.array ?? []
            let names = figures.compactMap { $0["metric"]?.string }
            #expect(Set(names).count == names.count && names.contains("loss"))
            #expect(names.contains("base-loss") == hasLayers)
            #expect(figures[0]["value"]?.string == (hasLayers ? "1.5" : "4"))
            #expect(statement.body["base"]?.string == (hasLayers ? base.hexadecimal : nil))
            #expect(statement.body["dataset"]?["name"]?.string == "a.txt")
            // All that somebody needs to do it again.
            for name in ["data", "retention"] {
                let part = statement.body[name]
                let digest = TrainingData.recipeDigest(of: [])
                #expect(part?["examples"]?.string == digest.hexadecimal)
                let blob = part?["files"]?.array?.first?["blob"]?.string
                #expect(blob == Blake3.hash(Array("a".utf8)).hexadecimal)
                #expect(part?["template"]?.string == Blake3.hash([9]).hexadecimal)
            }
            #expect(statement.body["settings"] == .object(DataSettings().json))
            #expect(statement.body["hardware"]?.string == "A processor")
        }
    }
}
