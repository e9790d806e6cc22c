// swift-tools-version: 6.2
import PackageDescription

/// Settings shared by every Swift target: Swift 6 language mode, warnings are errors.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A room of `Sources/`: one module with the modules it may use.
func room(_ name: String, uses: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: uses, path: "Sources/\(name)", swiftSettings: strict)
}

/// The tests of a room, file for file.
func tests(_ name: String, of uses: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: uses, path: "Tests/\(name)", swiftSettings: strict)
}

/// Fuzzers need the fuzzer's own runtime, so they are declared only when they are asked for.
let isFuzzing = Context.environment["PLASMID_FUZZ"] != nil
let fuzzed = [
    "JSON", "Licence", "ModelCard", "LayerReference", "Manifest", "Statement", "Envelope",
    "TensorFile", "TensorTable", "AdapterConfig", "ModelConfig", "Secrets", "Record", "Message",
    "Hello", "Ticket", "Proof", "Text", "Tokenizer", "SplitPattern", "Template", "Model", "Data",
    "Recipe", "RunRecord", "Organization", "LicenceMapping", "LicenceStub", "Sealed",
    "AgentAnswer", "Sections", "MemoryRecord", "VersionRange", "Hold", "CodedGroup", "CodedFile",
    "ArrivedGroup", "LayerQuery", "AddressBook", "Beacon", "Bootstrap", "Challenge", "Session",
    "Datagram",
]
/// The linker is named because gold, the default, fails on the fuzzer's runtime.
func fuzzer(_ name: String) -> Target {
    .executableTarget(
        name: "Fuzz\(name)", dependencies: ["FuzzLoop"], path: "Tests/Fuzz/Fuzz\(name)",
        swiftSettings: strict, linkerSettings: [.unsafeFlags(["-use-ld=lld"])])
}

let fuzzers: [Target] =
    !isFuzzing
    ? []
    : fuzzed.map { fuzzer($0) } + [
        .target(
            name: "FuzzLoop", dependencies: ["FuzzTargets"], path: "Tests/FuzzLoop",
            swiftSettings: strict)
    ]

let package = Package(
    name: "plasmid",
    products: [
        .executable(name: "plasmid", targets: ["Node"]),
        .library(name: "CrashTrace", type: .dynamic, targets: ["CrashTrace"]),
    ],
    targets: [
        .systemLibrary(
            name: "CSodium", path: "Sources/C/Sodium", pkgConfig: "libsodium",
            providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(
            name: "CSQLite", path: "Sources/C/SQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(
            name: "CZstd", path: "Sources/C/Zstd", pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"])]),
        .target(name: "CLinux", path: "Sources/C/Linux"),
        .target(
            name: "CKernels", path: "Sources/C/Kernels",
            cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off"])]),

        room("Wire", uses: ["CSodium", "CKernels"]),
        room("Genome", uses: ["Wire"]),
        room("Swarm", uses: ["Wire", "Genome"]),
        room("Host", uses: ["CLinux"]),
        room("Store", uses: ["Wire", "Genome", "Host", "CSQLite", "CZstd"]),
        room("Learn", uses: ["Wire", "Genome", "Host", "CKernels"]),
        .executableTarget(
            name: "Node",
            dependencies: ["Wire", "Genome", "Swarm", "Store", "Host", "Learn", "Simulator"],
            path: "Sources/Node", swiftSettings: strict),

        tests("WireTests", of: ["Wire"]),
        tests("GenomeTests", of: ["Genome", "Wire"]),
        tests("SwarmTests", of: ["Swarm", "Genome", "Wire"]),
        tests("HostTests", of: ["Host"]),
        tests("StoreTests", of: ["Store", "Host", "Genome", "Wire", "CrashReplay"]),
        tests("LearnTests", of: ["Learn", "Host", "Genome", "Wire", "CKernels", "FuzzTargets"]),
        tests(
            "NodeTests",
            of: ["Node", "Learn", "Store", "Host", "Swarm", "Genome", "Wire", "CrashReplay"]),
        // The network in virtual time that scenarios run in, for the tests and `bench simulate`.
        .target(
            name: "Simulator", dependencies: ["Swarm", "Genome", "Wire"], path: "Tests/Simulator",
            swiftSettings: strict),
        tests("Simulation", of: ["Simulator", "Swarm", "Genome", "Wire"]),
        tests("Tidy", of: []),
        .target(
            name: "FuzzTargets",
            dependencies: ["Learn", "Store", "Swarm", "Genome", "Host", "Wire"],
            path: "Tests/FuzzTargets", swiftSettings: strict),
        tests("FuzzSmoke", of: ["FuzzTargets"]),
        // Loaded before all others into processes whose writes are written down or made to fail.
        .target(name: "CrashTrace", path: "Tests/CrashTrace"),
        .target(
            name: "CrashReplay", dependencies: ["Store", "Host", "Genome", "Wire"],
            path: "Tests/CrashReplay", swiftSettings: strict),
        .executableTarget(
            name: "StoreDriver", dependencies: ["CrashReplay", "Store", "Host", "Genome", "Wire"],
            path: "Tests/StoreDriver", swiftSettings: strict),
    ] + fuzzers
)
