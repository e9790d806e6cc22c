import Foundation

/// Runs a script of `Tests/Judges` in the environment that `bootstrap/judges` makes;
/// `PLASMID_JUDGES` names it.
enum Judge {
    static let python = ProcessInfo.processInfo.environment["PLASMID_JUDGES"]
        .map { $0 + "/bin/python" }

    /// Whether the environment is there and has the module.
    static func has(_ module: String) -> Bool {
        guard let python else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", "import \(module)"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// What the script prints and how it ends; `input` is given to it.
    static func run(
        _ script: String, _ words: [String], input: [UInt8] = []
    ) throws -> (status: Int32, words: String) {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "plasmid-judged-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let given = folder.appending(path: "input")
        let said = folder.appending(path: "output")
        try Data(input).write(to: given)
        try Data().write(to: said)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python ?? "")
        process.arguments =
            [VectorFile.tests.appending(path: "Judges/\(script)").path] + words
        process.standardInput = try FileHandle(forReadingFrom: given)
        process.standardOutput = try FileHandle(forWritingTo: said)
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOf: said, encoding: .utf8))
    }
}
