import Foundation
import Genome
import Testing

@testable import Learn

/// `Tests/Vectors/tokenizer.json`: small tokenizers and what PyPI `tokenizers` makes of random
/// strings with them.
struct TokenizerVectors: Sendable {
    /// One tokenizer.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let json: [UInt8]
        let seed: Int
        let blocks: [String]
        let long: String
        let text: String
        let ids: [UInt32]
        let decoded: String
        var testDescription: String { name }
    }

    let fragments: [String]
    let spaces: [String]
    let block: Int
    let longCount: Int
    let cases: [Case]

    static let shared: TokenizerVectors = {
        do {
            return try TokenizerVectors()
        } catch {
            preconditionFailure("the vectors cannot be read: \(error)")
        }
    }()

    static let folder = SampleTokenizer.root.appending(path: "Tests")

    private init() throws {
        let bytes = try Data(contentsOf: Self.folder.appending(path: "Vectors/tokenizer.json"))
        let root = try JSONParser.parse([UInt8](bytes), limits: JSONLimits(bytes: 1 << 22))
        func texts(_ value: JSONValue?) -> [String] { value?.array?.compactMap(\.string) ?? [] }
        fragments = texts(root["fragments"])
        spaces = texts(root["spaces"])
        block = Int(root["block"]?.integer ?? 0)
        longCount = Int(root["longCount"]?.integer ?? 0)
        cases = (root["cases"]?.array ?? []).map { entry in
            var tokenizer = entry["tokenizer"]?.object ?? JSONObject()
            var model = tokenizer["model"]?.object ?? JSONObject()
            let vocabulary = root["vocabularies"]?[entry["vocabulary"]?.string ?? ""]
            for name in ["vocab", "merges"] { model[name] = vocabulary?[name] }
            tokenizer["model"] = .object(model)
            let explicit = entry["explicit"]?.array ?? []
            return Case(
                name: entry["name"]?.string ?? "", json: CanonicalJSON.write(tokenizer),
                seed: Int(entry["seed"]?.integer ?? 0), blocks: texts(entry["blocks"]),
                long: entry["long"]?.string ?? "", text: explicit.first?.string ?? "",
                ids: (explicit[1].array ?? []).compactMap { $0.integer.map { UInt32($0) } },
                decoded: explicit[2].string ?? "")
        }
    }

    /// The string of a seed.
    func text(_ seed: Int) -> String {
        RandomText.make(seed: seed, fragments: fragments, spaces: spaces)
    }

    /// The tokenizer of a case.
    func tokenizer(_ name: String) throws -> Tokenizer {
        guard let found = cases.first(where: { $0.name == name }) else {
            preconditionFailure("there is no case \(name)")
        }
        return try Tokenizer(json: found.json)
    }
}
