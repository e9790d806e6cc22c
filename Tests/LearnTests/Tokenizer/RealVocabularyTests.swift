import Foundation
import Genome
import Testing

@testable import Learn

/// Vocabularies of published models, which `Tests/Judges/real_vocabularies.py` fetches on demand.
@Suite struct RealVocabularyTests {
    private static let folder = ProcessInfo.processInfo.environment["PLASMID_VOCABULARIES"]

    @Test(.enabled(if: folder != nil, "PLASMID_VOCABULARIES names no folder"))
    func `published vocabularies give the ids that their authors got`() throws {
        let folder = URL(fileURLWithPath: Self.folder ?? "")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".cases.json") }.map { String($0.dropLast(11)) }
        try #require(!names.isEmpty)
        for name in names.sorted() {
            let json = try Data(contentsOf: folder.appending(path: "\(name).json"))
            let tokenizer = try Tokenizer(json: [UInt8](json))
            let cases = try Data(contentsOf: folder.appending(path: "\(name).cases.json"))
            let limits = JSONLimits(bytes: 1 << 24)
            for pair in try JSONParser.parse([UInt8](cases), limits: limits).array ?? [] {
                let text = pair.array?[0].string ?? ""
                let ids = try tokenizer.encode(text)
                let found = JSONValue.array(ids.map { .integer(Int64($0)) })
                #expect(found == pair.array?[1], "\(name): \(text.debugDescription)")
            }
        }
    }
}
