import Foundation
import Testing

/// That a record for few cannot be put where records for everyone go: such code does not compile.
/// Each case stands beside a twin that differs in the audience alone and does compile, so that
/// neither a missing module nor a misspelt name passes for a proof.
@Suite struct MixingTests {
    /// A piece of code in which `AUDIENCE` stands for whom a record is for.
    struct Piece: CustomTestStringConvertible {
        let testDescription: String
        let code: String
    }

    static let pieces: [Piece] = [
        Piece(
            testDescription: "news for everyone",
            code: """
                func tell(_ record: RecordFor<AUDIENCE>, _ spread: inout Spread<Everyone>) {
                    var effects: [Spread<Everyone>.Effect] = []
                    spread.publish(record, at: 0, into: &effects)
                    spread.accept(record, at: 0, into: &effects)
                }
                """),
        Piece(
            testDescription: "what neighbours are told",
            code: """
                func tell(_ record: RecordFor<AUDIENCE>, _ neighbourhood: inout Neighbourhood) {
                    _ = neighbourhood.publish(record, at: 0)
                }
                """),
        Piece(
            testDescription: "what neighbours may ask for by name",
            code: """
                func keep(_ record: RecordFor<AUDIENCE>, _ cache: inout PayloadCache<Everyone>) {
                    cache.insert(record, NewsName(of: record.bytes))
                }
                """),
        Piece(
            testDescription: "answers out of the catalogue",
            code: """
                func answer(_ record: RecordFor<AUDIENCE>) -> Input { .recordsFound(1, [record]) }
                """),
        Piece(
            testDescription: "one audience is no other",
            code: """
                func open(_ record: RecordFor<AUDIENCE>) -> RecordFor<Everyone> { record }
                """),
    ]

    /// What a compiler says to a piece for an audience; empty when it compiles.
    private func errors(_ code: String, for audience: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "plasmid-mixing-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "piece.swift")
        let whole =
            "@testable import Swarm\n@testable import Wire\n\n"
            + code.replacing("AUDIENCE", with: audience) + "\n"
        try whole.write(to: file, atomically: true, encoding: .utf8)
        return try Compiler.check(file)
    }

    @Test(
        .enabled(if: Compiler.isHere, "neither swiftc nor the modules of this build are at hand"),
        arguments: pieces)
    func `a record for members has no way to everyone`(piece: Piece) throws {
        #expect(try errors(piece.code, for: "Everyone") == "", "the twin compiles")
        let errors = try errors(piece.code, for: "Members")
        #expect(errors.contains("error: "), "it compiles")
        #expect(errors.contains("'RecordFor<Members>'"), "\(errors)")
    }

    @Test(.enabled(if: Compiler.isHere, "neither swiftc nor the modules of this build are at hand"))
    func `nobody says of bytes whom they are for but the bytes`() throws {
        let claims = [
            "let record = RecordFor<Everyone>([1], nil)",
            "let record: RecordFor<Everyone> = RecordFor(bytes: [1])",
            "let record = RecordFor<Everyone>.init(bytes: [1], tag: nil)",
        ]
        for claim in claims { #expect(try errors(claim, for: "").contains("error: ")) }
        #expect(try errors("let record = RecordFor<Everyone>([1])", for: "") == "")
    }
}

/// The compiler that made these tests, if it is on this machine, over the modules of this build.
private enum Compiler {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let modules = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "Modules")

    private static let path: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "")
        .split(separator: ":").map { "\($0)/swiftc" }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    static let isHere =
        path != nil
        && FileManager.default.fileExists(
            atPath: modules.appending(path: "Swarm.swiftmodule").path)

    /// What it says to a file; empty when it compiles.
    static func check(_ file: URL) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: try #require(path))
        process.arguments = [
            "-typecheck", "-swift-version", "6", "-I", modules.path, "-Xcc",
            "-fmodule-map-file=\(root.path)/Sources/C/Sodium/module.modulemap", "-Xcc", "-I",
            "-Xcc", "\(root.path)/Sources/C/Kernels/include", file.path,
        ]
        process.standardError = output
        process.standardOutput = output
        try process.run()
        let said = String(
            decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? "" : said
    }
}
