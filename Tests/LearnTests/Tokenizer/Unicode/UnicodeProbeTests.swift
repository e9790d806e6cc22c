import Foundation
import Genome
import Testing
import Wire

@testable import Learn

/// Normalizers and classes over every scalar, held against what PyPI `tokenizers` makes of them.
@Suite struct UnicodeProbeTests {
    private static let chunks: [[UInt8]] = {
        let scalars = (UInt32(0)..<0x110000).filter { $0 != 0x0a && Unicode.Scalar($0) != nil }
        return stride(from: 0, to: scalars.count, by: 4_096).map { start in
            var bytes: [UInt8] = []
            for scalar in scalars[start..<min(start + 4_096, scalars.count)] {
                if !bytes.isEmpty { bytes.append(0x0a) }
                bytes.append(scalar: scalar)
            }
            return bytes
        }
    }()

    private static let digests: [String: String] = {
        guard
            let data = try? Data(
                contentsOf: TokenizerVectors.folder.appending(path: "Vectors/unicode.json")),
            let root = try? JSONParser.parse([UInt8](data), limits: JSONLimits(bytes: 1 << 20))
        else { preconditionFailure("the digests cannot be read") }
        let members = root["digests"]?.object?.members ?? []
        return Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value.string ?? "") })
    }()

    private static func digest(_ parts: [[UInt8]]) -> String {
        String(Sha256.hash(parts.flatMap { $0 + [0] }).hexadecimal.prefix(16))
    }

    private static let forms: [String: Normalizer] = [
        "NFC": .form(.composed), "NFD": .form(.decomposed), "NFKC": .form(.compatibilityComposed),
        "NFKD": .form(.compatibilityDecomposed), "Lowercase": .lowercase,
        "StripAccents": .stripAccents,
    ]

    @Test func `every normalizer agrees on every scalar`() throws {
        for (name, step) in Self.forms {
            let plain = try Self.chunks.map { try step.apply(to: $0) }
            #expect(Self.digest(plain) == Self.digests[name], "\(name)")
            let mark = try SplitPattern(regex: "\n")
            let marked = try Self.chunks.map {
                try step.apply(to: Normalizer.replaced($0, mark, Array("\u{334}\na".utf8)))
            }
            #expect(Self.digest(marked) == Self.digests[name + " marked"], "\(name) marked")
        }
    }

    @Test func `every class agrees on every scalar`() throws {
        let patterns = Self.digests.keys.filter {
            !$0.contains { $0.isUppercase } || $0.contains("\\")
        }
        var count = 0
        for text in patterns where Self.forms[text] == nil {
            let pattern = try SplitPattern(regex: text)
            let kept = try Self.chunks.map { chunk in
                var matches: [PieceText.Piece] = []
                try pattern.find(in: chunk, chunk.indices, into: &matches)
                return matches.flatMap { chunk[$0.range] }
            }
            #expect(Self.digest(kept) == Self.digests[text], "\(text)")
            count += 1
        }
        #expect(count == 30)
    }
}
