import Foundation
import Testing
import Wire

@testable import Store

/// Sealed files beside `age`, and headers of others beside its test kit.
@Suite("Sealing, judged")
struct SealingJudgeTests {
    private static let age = ["/usr/bin/age", "/usr/local/bin/age"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// Folder of the C2SP age test kit, if somebody names one.
    private static let kit = ProcessInfo.processInfo.environment["PLASMID_AGE_TESTKIT"]

    private let secret = [UInt8](repeating: 7, count: 32)
    private var identity: String {
        Bech32.encode(prefix: "age-secret-key-", secret).uppercased()
    }

    private func run(_ words: [String], _ input: URL) throws -> (Int32, [UInt8]) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Self.age ?? "")
        process.arguments = words
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        return (process.terminationStatus, bytes)
    }

    private func scratch() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "plasmid-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test(.enabled(if: age != nil, "needs age"), arguments: [0, 5, 65_536, 300_000])
    func `age opens what is sealed here, and what it sealed opens here`(count: Int) throws {
        let folder = try scratch()
        defer { try? FileManager.default.removeItem(at: folder) }
        let key = FileKey.random()
        let plain = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let recipient = Sodium.exchangePublicKey(secret: secret)
        let header = try #require(AgeHeader(wrapping: key, for: recipient))
        let (file, identities) = (folder.appending(path: "f"), folder.appending(path: "i"))
        try Data(header.bytes + SealedStream.seal(plain, key: key)).write(to: file)
        try Data((identity + "\n").utf8).write(to: identities)
        let opened = try run(["-d", "-i", identities.path], file)
        #expect(opened.0 == 0 && opened.1 == plain)

        try Data(plain).write(to: file)
        let name = Bech32.encode(prefix: "age", recipient)
        let sealed = try run(["-r", name], file)
        let theirs = try #require(AgeHeader(at: sealed.1))
        let theirKey = try #require(theirs.unwrapped(secret: secret))
        let payload = Array(sealed.1[theirs.bytes.count...])
        #expect(SealedStream.open(payload, key: theirKey) == plain)
    }

    /// One file of the kit: lines of what is expected, an empty line, the age file.
    private struct Case {
        var facts: [String: String] = [:]
        var identities: [String] = []
        let file: [UInt8]

        init?(_ bytes: [UInt8]) {
            var rest = bytes[...]
            while let end = rest.firstIndex(of: 0x0a) {
                let line = String(decoding: rest[..<end], as: UTF8.self)
                rest = rest[(end + 1)...]
                if line.isEmpty { break }
                let parts = line.components(separatedBy: ": ")
                guard parts.count >= 2 else { return nil }
                if parts[0] == "identity" { identities.append(parts[1]) }
                facts[parts[0]] = parts[1]
            }
            file = Array(rest)
        }

        /// Whether it is about what is built here.
        var isOurs: Bool {
            !identities.isEmpty
                && ["passphrase", "armored", "compressed"].allSatisfy {
                    facts[$0] == nil
                }
        }
    }

    @Test(.enabled(if: kit != nil, "needs PLASMID_AGE_TESTKIT, the folder of C2SP's kit"))
    func `every case of the age test kit ends as it says`() throws {
        let folder = URL(fileURLWithPath: try #require(Self.kit))
        var count = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: name)))
            guard let item = Case(bytes), item.isOurs else { continue }
            let header = AgeHeader(at: item.file)
            let secrets = item.identities.compactMap {
                Bech32.decode(prefix: "age-secret-key-", $0)
            }
            guard secrets.count == item.identities.count else { continue }
            let key = secrets.compactMap { header?.unwrapped(secret: $0) }.first
            let plain = key.flatMap { key in
                SealedStream.open(Array(item.file[(header?.bytes.count ?? 0)...]), key: key)
            }
            count += 1
            guard item.facts["expect"] == "success" else {
                #expect(plain == nil, "\(name)")
                continue
            }
            let opened = try #require(plain, "\(name)")
            #expect(
                Hexadecimal.encode(Sodium.sha256(opened)) == item.facts["payload"], "\(name)")
        }
        #expect(count > 40)
    }
}
