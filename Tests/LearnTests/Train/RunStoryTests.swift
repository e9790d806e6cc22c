import Genome
import Testing
import Wire

@testable import Learn

@Suite("The story of a run")
struct RunStoryTests {
    /// A run that was really done, as its record tells it.
    struct Told {
        let recipe: Recipe
        let observations: [Observation]
        var links: [CheckpointLink]
        var result: Int
        var steps: Int
        var early: Bool

        init(
            steps: Int, every: Int = 0, patience: Int = 0, keep: String = "last", parts: Int = 4,
            losses: [Int: Double] = [:]
        ) throws {
            let bench = try RunBench(steps: steps, every: every, patience: patience, keep: keep)
            let trainer = CountingTrainer()
            trainer.losses = losses
            let ending = try bench.go(trainer, parts: parts, judged: 3)
            guard case .finished(let done, let result, let early) = ending else {
                throw LearnError.training(.noTargets(step: 0))
            }
            (self.steps, self.result, self.early) = (done, result, early)
            recipe = bench.recipe
            links = try bench.links()
            observations = try #require(Observation.readAll(try bench.log().bytes()))
        }

        func story() throws -> RunStory {
            let hash = JSONValue.string(Blake3.hash([1]).hexadecimal)
            let key = SigningKey.random().publicKey.base32
            let blob: JSONValue = ["blob": hash, "size": 9]
            var object = JSONObject()
            object["record"] = 1
            object["publisher"] = .string(key)
            object["run"] = .string(recipe.run.hexadecimal)
            object["recipe"] = blob
            object["observations"] = blob
            object["machine"] = ["software": "s/1", "kernels": "avx2", "threads": 1]
            object["cost"] = [
                "wallSeconds": "1", "processorSeconds": "1", "peakMemory": 1, "tokens": 1,
            ]
            object["checkpoints"] = .array(links.map(\.json))
            let adapter = links.last { $0.step == result }?.adapter ?? Blake3.hash([])
            object["outputs"] = [
                "step": .integer(Int64(result)), "steps": .integer(Int64(steps)),
                "endedEarly": .bool(early), "weights": hash,
                "adapter": ["blob": .string(adapter.hexadecimal), "size": 9],
            ]
            object["events"] = []
            return RunStory(try RunRecord.make(object), recipe)
        }

        func contradiction() throws -> String? {
            let story = try story()
            return story.contradiction() ?? story.contradiction(observations)
        }
    }

    @Test("is one when it was done, whatever was judged, kept or ended early")
    func honest() throws {
        #expect(try Told(steps: 12).contradiction() == nil)
        #expect(try Told(steps: 13, every: 2, keep: "best", parts: 5).contradiction() == nil)
        #expect(try Told(steps: 3, parts: 8).contradiction() == nil)
        #expect(try Told(steps: 1).contradiction() == nil)
        let losses: [Int: Double] = [2: 4, 4: 1, 6: 3, 8: 2]
        for keep in ["best", "last"] {
            let early = try Told(steps: 20, every: 2, patience: 2, keep: keep, losses: losses)
            #expect(early.early && early.steps == 8)
            #expect(early.links.map(\.step) == [0, 4, 5, 8])
            #expect(try early.contradiction() == nil)
        }
    }

    @Test("breaks with states that were left out, moved or added")
    func states() throws {
        let told = try Told(steps: 12, every: 3)
        func broken(_ change: (inout Told) -> Void) throws -> String? {
            var other = told
            change(&other)
            return try other.contradiction()
        }
        #expect(told.links.map(\.step) == [0, 3, 6, 9, 12])
        #expect(throws: GenomeError.self) { _ = try broken { $0.links.removeFirst() } }
        #expect(
            try broken { told in
                told.links = [
                    told.links[0], Self.link(like: told.links[4], step: 12, told.links[0]),
                ]
            } != nil)
        // A chain of single steps with a leap at its end.
        #expect(
            try broken { told in
                var links = [told.links[0]]
                for step in 1...6 {
                    links.append(Self.link(like: told.links[1], step: step, links[step - 1]))
                }
                links.append(Self.link(like: told.links[4], step: 12, links[6]))
                told.links = links
            }?.contains("states") == true)
        #expect(
            try broken { told in
                told.links[2] = Self.link(like: told.links[2], step: 5, told.links[1])
                told.links[3] = Self.link(like: told.links[3], step: 9, told.links[2])
                told.links[4] = Self.link(like: told.links[4], step: 12, told.links[3])
            } != nil)
    }

    private static func link(
        like link: CheckpointLink, step: Int, _ previous: CheckpointLink
    ) -> CheckpointLink {
        CheckpointLink(
            step: step, adapter: link.adapter, optimiser: link.optimiser,
            state: Blake3.hash(Array("\(step)".utf8)), previous: previous.state)
    }

    @Test("breaks with another end or another result")
    func ends() throws {
        let told = try Told(steps: 12, every: 3, keep: "best")
        var other = told
        other.early = true
        #expect(try other.contradiction() != nil)
        other = told
        other.result = 9
        #expect(try other.contradiction()?.contains("result") == true)
        other = told
        other.steps = 9
        #expect(try other.contradiction() != nil)
    }

    @Test("breaks with observations that lack something or say another loss")
    func observations() throws {
        let told = try Told(steps: 12, every: 3)
        let story = try told.story()
        for index in told.observations.indices {
            var other = told.observations
            other.remove(at: index)
            #expect(story.contradiction(other) != nil, "\(index)")
            other.insert(told.observations[index], at: index)
            other.insert(told.observations[index], at: index)
            #expect(story.contradiction(other) != nil, "\(index) twice")
        }
        var other = told.observations
        let index = try #require(
            other.firstIndex { if case .evaluation = $0 { true } else { false } })
        other[index] = .evaluation(
            Observation.Evaluation(steps: 3, loss: 0.25, targets: 3, correct: 1))
        #expect(story.contradiction(other)?.contains("after 6 steps") == true)
        #expect(story.observationBytesMax == 26 * 1_024)
    }
}
