import Foundation
import Genome
import Testing
import Wire

@testable import Learn

/// Every component held against PyPI `tokenizers` on random strings.
@Suite struct TokenizerVectorTests {
    private static let isLong = ProcessInfo.processInfo.environment["PLASMID_LONG"] != nil
    private static let python = ProcessInfo.processInfo.environment["PLASMID_JUDGES"]
        .map { $0 + "/bin/python" }

    private func digest(_ tokenizer: Tokenizer, _ seeds: Range<Int>) throws -> String {
        var bytes: [UInt8] = []
        for seed in seeds {
            let ids = try tokenizer.encode(TokenizerVectors.shared.text(seed))
            let line = ids.map { String($0) }.joined(separator: ",")
            bytes += Array("\(line)\n\(try tokenizer.decode(ids))\n".utf8)
        }
        return String(Sha256.hash(bytes).hexadecimal.prefix(16))
    }

    @Test("agree with their digests", arguments: TokenizerVectors.shared.cases)
    func agrees(_ given: TokenizerVectors.Case) throws {
        let vectors = TokenizerVectors.shared
        let tokenizer = try Tokenizer(json: given.json)
        #expect(try tokenizer.encode(given.text) == given.ids)
        #expect(try tokenizer.decode(given.ids).utf8.elementsEqual(given.decoded.utf8))
        for (index, expected) in given.blocks.enumerated() {
            let start = given.seed + index * vectors.block
            let found = try digest(tokenizer, start..<(start + vectors.block))
            #expect(found == expected, "strings \(start) to \(start + vectors.block)")
        }
    }

    @Test(
        "agree on a million strings", .enabled(if: isLong, "PLASMID_LONG is not set"),
        arguments: TokenizerVectors.shared.cases)
    func agreesLong(_ given: TokenizerVectors.Case) throws {
        let seeds = given.seed..<(given.seed + TokenizerVectors.shared.longCount)
        #expect(try digest(try Tokenizer(json: given.json), seeds) == given.long)
    }

    @Test("streams give what decoding gives", arguments: TokenizerVectors.shared.cases)
    func streams(_ given: TokenizerVectors.Case) throws {
        let vectors = TokenizerVectors.shared
        let tokenizer = try Tokenizer(json: given.json)
        for seed in given.seed..<(given.seed + 60) {
            let ids = try tokenizer.encode(vectors.text(seed))
            var stream = tokenizer.makeStream()
            var text = ""
            for id in ids { text += stream.append(id) }
            text += stream.finish()
            #expect(text.utf8.elementsEqual(try tokenizer.decode(ids).utf8), "string \(seed)")
        }
    }

    @Test(
        "agree with the judge itself",
        .enabled(if: python != nil, "PyPI tokenizers is not there; bootstrap/judges installs it"),
        arguments: ["llama3", "o200k", "llama2", "strip and replace"])
    func judged(_ name: String) throws {
        let vectors = TokenizerVectors.shared
        let given = try #require(vectors.cases.first { $0.name == name })
        let tokenizer = try Tokenizer(json: given.json)
        let folder = FileManager.default.temporaryDirectory.appending(path: "plasmid-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "tokenizer.json")
        try Data(given.json).write(to: file)
        // Other strings than those of the digests.
        let texts = (0..<2_000).map { vectors.text(900_000_000 + given.seed + $0) }
        let lines = texts.map { CanonicalJSON.write(.string($0)) + [0x0a] }
        let input = folder.appending(path: "texts")
        try Data(lines.joined()).write(to: input)
        let output = folder.appending(path: "answers")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        let judge = Process()
        judge.executableURL = URL(fileURLWithPath: Self.python ?? "")
        let script = TokenizerVectors.folder.appending(path: "Judges/tokenizer.py").path
        judge.arguments = [script, "--judge", file.path]
        judge.standardInput = try FileHandle(forReadingFrom: input)
        judge.standardOutput = try FileHandle(forWritingTo: output)
        try judge.run()
        judge.waitUntilExit()
        try #require(judge.terminationStatus == 0)
        let answers = [UInt8](try Data(contentsOf: output)).split(separator: 0x0a)
        try #require(answers.count == texts.count)
        for (text, answer) in zip(texts, answers) {
            let value = try JSONParser.parse(Array(answer), limits: JSONLimits(bytes: 1 << 20))
            let ids = try tokenizer.encode(text)
            #expect(value.array?[0] == .array(ids.map { .integer(Int64($0)) }), "\(text)")
            #expect(value.array?[1] == .string(try tokenizer.decode(ids)), "\(text)")
        }
    }
}
