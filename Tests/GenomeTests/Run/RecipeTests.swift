import Genome
import Testing
import Wire

@Suite("A recipe")
struct RecipeTests {
    @Test("has a run id of its own bytes behind a prefix")
    func identifier() throws {
        let recipe = try Recipe.make(RunFixtures.recipe())
        #expect(recipe.run == Blake3.hash(Array("plasmid-run-v1".utf8) + recipe.bytes))
        #expect(recipe.steps == 1 && recipe.learningRate == "0.0002")
        #expect(recipe.dataFiles == [BlobReference(blob: Fixtures.digest(3), size: 120)])
        #expect(recipe.examples == Fixtures.digest(4) && recipe.judged == Fixtures.digest(5))
        #expect(recipe.base?.weights == Fixtures.digest(1) && recipe.base?.layer == nil)
        #expect(!recipe.keepsBest && recipe.start == nil)
    }

    @Test("is another run when any member is another")
    func sensitivity() throws {
        let recipe = try Recipe.make(RunFixtures.recipe())
        var object = RunFixtures.recipe()
        object["seed"] = "7"
        var optimiser = try #require(object["optimiser"]?.object)
        optimiser["learningRate"] = "0.0003"
        object["optimiser"] = .object(optimiser)
        let other = try Recipe.make(object)
        #expect(other.run != recipe.run)
        #expect(Recipe.differences(recipe, other) == ["optimiser.learningRate", "seed"])
        #expect(Recipe.differences(recipe, recipe) == [])
    }

    @Test("is refused for time, host or anything else that determines no bit")
    func unknown() throws {
        for name in ["time", "host", "threads", "memory"] {
            var object = RunFixtures.recipe()
            object[name] = 1
            let fault = Fixtures.fault { _ = try Recipe.make(object) }
            #expect(fault == .field(path: name, .unknown))
        }
    }

    @Test("is refused with a seed beyond 64 bits, a float or targets that do not fit their kind")
    func refusals() throws {
        func fault(_ change: (inout JSONObject) -> Void) -> GenomeError? {
            var object = RunFixtures.recipe()
            change(&object)
            return Fixtures.fault { _ = try Recipe.make(object) }
        }
        #expect(
            fault { $0["seed"] = "18446744073709551616" }
                == .field(path: "seed", .notAllowed("a whole number below 2^64")))
        #expect(fault { $0["seed"] = "0.5" } != nil)
        #expect(fault { $0["profile"] = nil } == .field(path: "profile", .missing))
        let floats = fault { object in
            var data = object["data"]?.object ?? JSONObject()
            data["settings"] = ["split": .double(0.5)]
            object["data"] = .object(data)
        }
        #expect(
            floats
                == .field(
                    path: "data.settings.split", .notAllowed("free of floating point numbers")))
        let targets = fault { object in
            var adapter = object["adapter"]?.object ?? JSONObject()
            adapter["targets"] = ["kind": "pattern", "names": ["a"]]
            object["adapter"] = .object(adapter)
        }
        #expect(
            targets
                == .field(
                    path: "adapter.targets.names", .notAllowed("there if the kind is names")))
    }

    @Test("is refused in another text than the canonical one")
    func canonical() throws {
        let bytes = try Recipe.make(RunFixtures.recipe()).bytes
        #expect(Fixtures.fault { _ = try Recipe.decode(bytes + [0x20]) } == .notCanonical("recipe"))
    }

    @Test(
        "is refused with numbers beyond what a run can have",
        arguments: [
            ("optimiser", ["steps": 2_147_483_648]), ("optimiser", ["batch": 65_537]),
            ("optimiser", ["accumulate": 65_537]),
            ("optimiser", ["batch": 9_007_199_254_740_991]), ("evaluation", ["every": -1]),
        ] as [(String, [String: Int64])])
    func bounds(_ part: String, _ numbers: [String: Int64]) throws {
        func make(_ numbers: [String: Int64]) throws(GenomeError) -> Recipe {
            var object = RunFixtures.recipe()
            var members = object[part]?.object ?? JSONObject()
            for (name, number) in numbers { members[name] = .integer(number) }
            object[part] = .object(members)
            return try Recipe.make(object)
        }
        #expect(throws: GenomeError.self) { _ = try make(numbers) }
        let largest = ["batch": 65_536, "accumulate": 65_536] as [String: Int64]
        #expect(try make(largest.filter { numbers[$0.key] != nil }).steps == 1)
    }
}
