import Genome
import Host
import Testing
import Wire

@testable import Learn
@testable import Node

@Suite("Data that go with a layer")
struct TrainDataCopiesTests {
    private let laboratory: Laboratory
    private let folder: JobFolder

    init() throws {
        laboratory = try Laboratory()
        folder = try JobFolder.make(home: laboratory.path, name: "a").0
    }

    private func recipe(_ texts: [String]) throws -> Recipe {
        let one = Blake3.hash([1])
        var builder = RecipeBuilder(
            base: BaseFacts(layer: nil, weights: one, graph: one, tokenizer: nil),
            settings: TrainingSettings(), dataSettings: DataSettings(), examples: one,
            judged: one)
        builder.files = texts.map { text in
            BlobReference(blob: Blake3.hash(Array(text.utf8)), size: UInt64(text.utf8.count))
        }
        return try builder.recipe()
    }

    @Test("are those that were read: one that was changed, cut or removed is left out and named")
    func changed() throws {
        let texts = ["one", "two", "three", "four", "five"]
        let sources = try texts.map { text in
            TrainInputs.Source(
                name: "\(text).txt", path: try laboratory.write("\(text).txt", text))
        }
        let recipe = try recipe(texts)
        _ = try laboratory.write("two.txt", "owt")
        _ = try laboratory.write("three.txt", "thr")
        try Directory.removeFile(sources[3].path)
        let data = try TrainDataCopies(folder, sources, recipe)
        #expect(data.copies.map(\.path) == ["run/data/0.txt", "run/data/4.txt"])
        #expect(data.notes.count == 3)
        for (note, name) in zip(data.notes, ["two.txt", "three.txt", "four.txt"]) {
            #expect(note.contains(name))
        }
        // What happens to the file from now on is nothing to the copy.
        _ = try laboratory.write("one.txt", "eno")
        let copy = try File(data.copies[0].source, .read).readAll(limit: 9)
        #expect(copy == Array("one".utf8))
        data.remove()
        #expect(!Directory.exists(data.copies[0].source))
    }

    @Test("need terms that are known here and ask for nothing")
    func terms() {
        #expect(TrainDataCopies.hindrance("CC0-1.0") == nil)
        let unknown = TrainDataCopies.hindrance("LicenseRef-Our-Own")
        #expect(unknown?.contains("LicenseRef-Our-Own") == true)
        #expect(TrainDataCopies.hindrance("no terms at all") != nil)
    }

    @Test("stay here where their terms bind who holds them and the layer has other terms")
    func binding() {
        func why(_ data: String, _ layer: String) -> String? {
            TrainDataCopies.hindrance(data, under: layer, .public)
        }
        #expect(why("CC0-1.0", "MIT") == nil && why("ODbL-1.0", "ODbL-1.0") == nil)
        for data in ["ODbL-1.0", "CDLA-Sharing-1.0"] {
            #expect(why(data, "MIT")?.contains(data) == true)
        }
    }
}
