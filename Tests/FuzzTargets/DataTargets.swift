import Genome
import Learn

extension FuzzTarget {
    static let data: [FuzzTarget] = [trainingData]

    private static let names = ["x.jsonl", "x.json", "x.csv", "x.txt"]
    private static let vocabulary = 10
    private static let chat =
        "{% for m in messages %}{{ m.role }}{% if m.x %}{% generation %}{{ m.content }}"
        + "{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}"

    private static let seeds = [
        "0{\"text\": \"abc\"}\n\n{\"prompt\": \"a\", \"completion\": \"bc\"}\r\n",
        "0{\"messages\": [{\"role\": \"a\", \"content\": \"b\"}, {\"role\": \"assistant\", "
            + "\"content\": \"cab\"}], \"tools\": [{}]}",
        "4{\"messages\": [{\"role\": \"assistant\", \"content\": \"cab\", \"x\": 1}]}",
        "0{\"input_ids\": [1, 2, 3], \"labels\": [-100, 9, 3]}",
        "1[{\"text\": \"a]\\\"b\"},\n {\"input_ids\": [1, 2]}]",
        "2text\r\n\"a,\"\"b\"\"\nc\"\r\nabc\r\n", "2prompt,completion\na,b\n",
        "3abcabcabcabcabc abc\n\ncba",
    ]

    /// The input's first byte chooses file, handling of long records and split; the rest is the
    /// file. What is read has tokens of the model, fits the sequence and has something to learn.
    private static let trainingData = FuzzTarget(
        "FuzzData", seeds: seeds.map { Array($0.utf8) }
    ) { input in
        guard let choice = input.first else { return }
        var settings = DataSettings()
        settings.sequenceLength = 8
        settings.template = chat
        settings.long = DataSettings.Long.allCases[Int(choice >> 2) % 5]
        settings.evaluationPart = choice & 128 == 0 ? 0 : 0.5
        let name = names[Int(choice) % 4]
        guard let first = read(name, Array(input.dropFirst()), settings) else { return }
        let second = read(name, Array(input.dropFirst()), settings)
        precondition(first.digest == second?.digest, "the same file gives two trainings")
        for entry in first.training + first.evaluation {
            let example = entry.example
            precondition(example.targets > 0 && example.tokens.count <= settings.sequenceLength)
            precondition(example.tokens.allSatisfy { (0..<Int32(vocabulary)).contains($0) })
            precondition(
                example.labels.allSatisfy {
                    $0 == TrainingExample.masked || (0..<Int32(vocabulary)).contains($0)
                })
        }
        let plan = TrainingPlan(first.training, settings, batch: 2, accumulate: 1)
        precondition(plan.step(3).joined().allSatisfy { $0 < first.training.count })
    }

    private static func read(
        _ name: String, _ bytes: [UInt8], _ settings: DataSettings
    ) -> TrainingData? {
        do throws(LearnError) {
            var reader = try DataReader(
                tokenizer: try Tokenizer(json: Samples.tokenizer), format: nil,
                vocabulary: vocabulary, ends: [9], settings: settings)
            try reader.read(try DataFile(name: name, bytes: bytes))
            return try reader.finish()
        } catch {
            precondition(!error.description.isEmpty)
            return nil
        }
    }
}
