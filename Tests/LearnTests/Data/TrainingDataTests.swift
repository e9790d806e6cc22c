import Genome
import Testing
import Wire

@testable import Learn

@Suite struct TrainingDataTests {
    private func entry(
        _ tokens: [Int32], _ labels: [Int32]? = nil, isAlone: Bool = false, line: Int = 1
    ) -> TrainingData.Entry {
        let example = TrainingExample(tokens: tokens, labels: labels ?? tokens)
        let place = DataPlace(file: "x", line: line)
        return TrainingData.Entry(example, isAlone: isAlone, place: place)
    }

    private func digest(_ entries: [TrainingData.Entry]) -> Digest {
        TrainingData.digest(of: entries)
    }

    @Test func `the digest is what the definition says`() {
        let domain = Array("plasmid-examples-v1".utf8)
        let leaf = Blake3.hash(
            domain + [0, 1, 0, 0, 0, 2] + [0, 0, 0, 1, 0, 0, 1, 2]
                + [0xff, 0xff, 0xff, 0x9c, 0, 0, 1, 2])
        let root = Blake3.hash(domain + [1] + leaf.bytes)
        #expect(digest([entry([1, 258], [-100, 258], isAlone: true)]) == root)
        #expect(digest([]) == Blake3.hash(domain + [1]))
    }

    @Test func `every part of an example counts, its place does not`() {
        let one = digest([entry([1, 2]), entry([3, 4])])
        #expect(digest([entry([1, 2], line: 9), entry([3, 4])]) == one)
        for other in [
            [entry([3, 4]), entry([1, 2])], [entry([1, 2, 3, 4])], [entry([1, 2])],
            [entry([1, 2], [-100, 2]), entry([3, 4])],
            [entry([1, 2], isAlone: true), entry([3, 4])],
        ] { #expect(digest(other) != one) }
    }

    @Test func `a second implementation sets the same records aside and names the rest so`() throws
    {
        for split in try DataSamples.vectors()["splits"]?.array ?? [] {
            var settings = DataSettings()
            settings.seed = UInt64(split["seed"]?.string ?? "") ?? 0
            settings.evaluationPart = Double(split["part"]?.string ?? "") ?? 0
            var reader = try DataReader(
                tokenizer: nil, format: nil, vocabulary: 100, ends: [], settings: settings)
            let records = split["records"]?.array?.compactMap(\.string) ?? []
            try reader.read(try DataSamples.file(records.joined(separator: "\n")))
            let data = try reader.finish()
            let aside = data.evaluation.map { Int64($0.place.line - 1) }
            #expect(aside == split["aside"]?.array?.compactMap(\.integer))
            #expect(data.digest.hexadecimal == split["digest"]?.string)
        }
    }

    @Test func `both parts have a name`() {
        let data = TrainingData(
            training: [entry([1, 2])], evaluation: [entry([3, 4])], notes: [])
        #expect(data.digest == digest([entry([1, 2])]))
        #expect(TrainingData.recipeDigest(of: data.evaluation) == digest([entry([3, 4])]))
    }
}
