import Genome
import Learn
import Testing
import Wire

@testable import Node

@Suite("A recipe beside the one of what is here")
struct ReplayWorkerTests {
    private func recipe(_ change: (inout RecipeBuilder) -> Void = { _ in }) throws -> Recipe {
        let hash = Blake3.hash([1])
        var builder = RecipeBuilder(
            base: BaseFacts(layer: nil, weights: hash, graph: hash, tokenizer: nil),
            settings: TrainingSettings(), dataSettings: DataSettings(), examples: hash,
            judged: hash)
        builder.files = [BlobReference(blob: hash, size: 3)]
        change(&builder)
        return try builder.recipe()
    }

    /// What of the two is refused, and as what; nil if nothing is.
    private func refusal(
        isGiven: Bool = false, recorded: (inout RecipeBuilder) -> Void = { _ in },
        made: (inout RecipeBuilder) -> Void = { _ in }
    ) throws -> (code: Failure.Code, members: String)? {
        let request = ReplayRequest(
            inputs: TrainInputs(
                base: TrainInputs.Part(
                    files: LayerFiles([:], title: "b"), layer: nil, facts: nil),
                start: nil, data: [], evaluation: [], settings: TrainingSettings(),
                dataSettings: DataSettings()),
            home: "/home", record: Blake3.hash([1]), title: "run", threads: 1, isAll: false,
            isGiven: isGiven)
        let (before, now) = (try recipe(recorded), try recipe(made))
        do throws(Failure) {
            try ReplayWorker.compare(before, now, request)
            return nil
        } catch {
            return (error.code, error.why)
        }
    }

    private let other = Blake3.hash([2])

    @Test func `may lack the start, and what is only judged`() throws {
        #expect(try refusal() == nil)
        #expect(try refusal(recorded: { $0.start = other }) == nil)
        let judged = try refusal(recorded: { builder in
            builder.judged = other
            builder.evaluationFiles = [BlobReference(blob: other, size: 1)]
        })
        #expect(judged == nil)
        #expect(try #require(try refusal(recorded: { $0.judged = other })).code == .corrupt)
    }

    @Test func `is at fault unless base or data were named, or the base is another`() throws {
        let examples = try #require(try refusal(recorded: { $0.examples = other }))
        #expect(examples == (.corrupt, "other: data.examples"))
        let named = try #require(
            try refusal(isGiven: true, recorded: { $0.examples = other }))
        #expect(named.code == .unsupported)
        let base = try #require(
            try refusal(recorded: { builder in
                builder.base = BaseFacts(
                    layer: nil, weights: Blake3.hash([1]), graph: other, tokenizer: nil)
            }))
        #expect(base == (.unsupported, "other: base.graph"))
    }

    @Test func `may be of a time that named only templates that were given`() throws {
        let mine = Blake3.hash([3])
        #expect(try refusal(recorded: { $0.template = other }) == nil)
        #expect(try refusal(made: { $0.template = other }) == nil)
        let two = try #require(
            try refusal(recorded: { $0.template = other }, made: { $0.template = mine }))
        #expect(two == (.unsupported, "other: data.template"))
        // Without conversations no template excuses other examples; with them the base's may.
        let plain = try #require(
            try refusal(
                recorded: { builder in
                    builder.template = other
                    builder.examples = other
                }))
        #expect(plain == (.corrupt, "other: data.examples"))
        let chat = try #require(
            try refusal(recorded: { $0.examples = other }, made: { $0.template = mine }))
        #expect(chat == (.unsupported, "other: data.examples, data.template"))
    }
}
