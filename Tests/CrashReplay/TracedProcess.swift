import Foundation
import Host

/// Processes whose writes are written down or made to fail by the library of `Tests/CrashTrace`.
public enum TracedProcess {
    /// The folder with what the build made beside the tests.
    private static let folder: String = {
        let own = (try? Directory.readLink("/proc/self/exe")) ?? CommandLine.arguments[0]
        let given = ProcessInfo.processInfo.environment["PLASMID_BINARY"]
        let places = [given, CommandLine.arguments[0], own].compactMap { $0 }.map {
            URL(fileURLWithPath: $0).deletingLastPathComponent().path
        }
        return places.first { Directory.exists("\($0)/libCrashTrace.so") } ?? places[0]
    }()

    /// The library; a sanitizer wants to be the first one itself.
    public static let library = "\(folder)/libCrashTrace.so"

    /// Whether the library is there and may be loaded.
    public static let isPossible = Directory.exists(library) && Confinement.limitsMemory

    /// The environment of a process whose changes below `home` are written to `log`, or where
    /// `faults` come true (see `crash_trace.h`) until the file `calm` exists.
    public static func environment(
        home: String, log: String? = nil, faults: String? = nil, calm: String? = nil
    ) -> [String: String] {
        var settings = ["LD_PRELOAD": library, "PLASMID_TRACE_HOME": home]
        settings["PLASMID_TRACE_LOG"] = log
        settings["PLASMID_TRACE_FAULTS"] = faults
        settings["PLASMID_TRACE_CALM"] = calm
        return settings
    }

    /// Runs a program of the build to its end, traced.
    public static func run(
        _ program: String, _ arguments: [String], home: String, log: String
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "\(folder)/\(program)")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            environment(home: home, log: log)
        ) { $1 }
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw SystemError(program, home, code: process.terminationStatus)
        }
    }
}
