import Foundation
import Genome
import Testing

/// Our canonical JSON held against PyPI `rfc8785` on random documents. Needs the judges that
/// `bootstrap/judges` installs; `PLASMID_JUDGES` names their environment.
@Suite("Canonical JSON before its judge")
struct JudgedJSONTests {
    private static let python = ProcessInfo.processInfo.environment["PLASMID_JUDGES"]
        .map { $0 + "/bin/python" }

    #if DEBUG
        private static let documents = 2_000
    #else
        private static let documents = 100_000
    #endif

    private func run(_ words: [String], input: URL?, output: URL) throws -> Int32 {
        let script = VectorFile.tests.appending(path: "Judges/canonical_json.py").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.python ?? "")
        process.arguments = [script] + words
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) }
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test(
        "agrees on every generated document",
        .enabled(if: python != nil, "PyPI rfc8785 is not there; bootstrap/judges installs it"))
    func agrees() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "plasmid-judged-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let documents = folder.appending(path: "documents")
        #expect(
            try run(["--generate", "\(Self.documents)"], input: nil, output: documents) == 0)
        let limits = JSONLimits(bytes: 16 << 20, depth: 128)
        var pairs: [UInt8] = []
        for line in [UInt8](try Data(contentsOf: documents)).split(separator: 0x0a) {
            let value = try JSONParser.parse(Array(line), limits: limits)
            for text in [Array(line), CanonicalJSON.write(value)] {
                pairs += text
                pairs.append(0x0a)
            }
        }
        let pairsFile = folder.appending(path: "pairs")
        try Data(pairs).write(to: pairsFile)
        let verdict = folder.appending(path: "verdict")
        let status = try run([], input: pairsFile, output: verdict)
        let words = try String(contentsOf: verdict, encoding: .utf8)
        #expect(status == 0, "\(words)")
    }
}
