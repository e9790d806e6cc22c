import Genome
import Wire

extension FuzzTarget {
    static let guidance: [FuzzTarget] = [sections, memoryRecord, versionRange]

    private static let sections = FuzzTarget(
        "FuzzSections",
        seeds: [
            #"{"type":"memory","memoryType":"episodic","storage":{"capacity":9}}"#,
            """
            {"type":"specialization","decoding":{"temperature":"0.5","topK":4},
            "specialization":{"domain":"d","tools":[{"name":"t","parameters":{"type":"object"}}],
            "workflows":[{"name":"w","steps":["a","b"]}]},"integration":{"inputs":["text"]},
            "dependencies":[{"kind":"requires","layer":"\(Blake3.hash([1]).hexadecimal)"},
            {"kind":"conflicts-with","publisher":"\(Samples.publisher)","name":"n","range":"^1"}]}
            """,
            #"{"type":"communication","style":{"personality":[{"trait":"t","degree":"0.5"}]}}"#,
        ].map { Array($0.utf8) }
    ) { input in
        guard let sections = try? LayerSections(input) else { return }
        let again = try? LayerSections(CanonicalJSON.write(sections.members))
        precondition(again?.members == sections.members, "sections change when written")
        guard let folder = try? LayerFolder(entries: [], documents: ["plasmid.json": input])
        else { return }
        var choices = ShareChoices(
            publisher: Samples.key.publicKey, visibility: .private, createdAt: 5,
            salt: [UInt8](repeating: 1, count: 16))
        choices.type = sections.type ?? .memory
        guard let built = try? ManifestBuilder.build(folder, folderName: "n", choices) else {
            return
        }
        let json = built.manifest.json
        for text in [Guidance.text(of: json, type: built.manifest.type)] {
            // A field never begins a line that is no line of its own.
            precondition(!text.contains("\u{1b}") && !text.contains("\r"), "a text escapes")
        }
        precondition(
            LayerFacts.check(folder, json).allSatisfy { $0.verdict != .differs },
            "a manifest differs from the files it was made of")
    }

    private static let memoryRecord = FuzzTarget(
        "FuzzMemoryRecord",
        seeds: [
            #"{"text":"High water is at noon.","importance":0.25,"time":5,"vector":[1,-0.5,2e3]}"#,
            #"{"text":"a\nb\tc","importance":"0.5","other":[{}]}"#, #"{"text":"é"}"#,
        ].map { Array($0.utf8) }
    ) { input in
        guard let record = try? MemoryRecord(line: input) else { return }
        precondition(PlainText.isPlain(record.text), "a text could begin a line of its own")
        precondition((0...1).contains(record.importance), "an importance is out of bounds")
        var object = JSONObject()
        object["text"] = .string(record.text)
        object["importance"] = .double(record.importance)
        object["time"] = record.time.map { .integer($0) }
        object["vector"] = record.vector.map { .array($0.map { .double(Double($0)) }) }
        let again = try? MemoryRecord(line: CanonicalJSON.write(object))
        precondition(again == record, "a record changes when written")
        precondition(
            MemoryRecord.prompt([record.text]).split(separator: "\n").count <= 2,
            "one record gives several lines")
    }

    private static let versionRange = FuzzTarget(
        "FuzzVersionRange",
        seeds: ["^1.2.0", "~1 || >=2.0.0 <3.0.0", "*", "=1.0.0-rc.1", "1.2.3"].map {
            Array($0.utf8)
        }
    ) { input in
        guard let text = String(validating: input, as: UTF8.self), let range = VersionRange(text)
        else { return }
        precondition(range.text == text, "a range changes when read")
        for version in ["0.0.0", "1.2.0", "1.2.3-rc.1", "2.0.0", "3.0.0+build"] {
            guard let version = SemanticVersion(version) else { continue }
            let again = VersionRange(range.text)
            precondition(
                again?.contains(version) == range.contains(version), "a range changes its mind")
        }
    }
}
