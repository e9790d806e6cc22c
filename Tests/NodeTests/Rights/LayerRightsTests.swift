import Genome
import Host
import Store
import Swarm
import Testing
import Wire

@testable import Node

struct LayerRightsTests {
    private let home: HomeFixture

    init() throws { home = try HomeFixture() }

    private func manifest(_ name: String, licence: String = "MIT") throws -> Manifest {
        let shared = try home.share(name, licence: licence)
        let id = try #require(shared["layer"]?.string.flatMap { Digest(hexadecimal: $0) })
        return try home.service.heldManifest(id)
    }

    private func fault(_ body: () throws -> Void) -> Failure? {
        do {
            try body()
            return nil
        } catch {
            return error as? Failure
        }
    }

    @Test func `what this machine does is decided, and written down`() throws {
        let manifest = try manifest("notes")
        try home.service.rights.require(.run, manifest)
        try home.ask(
            "rules",
            [
                ("action", "add"), ("allows", false), ("subject", "type:memory"),
                ("actions", ["run"]),
            ])
        let refused = try #require(fault { try home.service.rights.require(.run, manifest) })
        #expect(refused.code == .refused && refused.message.contains("ownerPolicy"))
        try home.service.rights.require(.train, manifest)
        let log = try home.ask("audit", [("action", "access")])["decisions"]?.array ?? []
        #expect(log.map { $0["allowed"] } == [true, true, false, true])
        #expect(log.map { $0["action"] } == ["publish", "run", "run", "train"])
        let own = home.service.keys.node.publicKey.base32
        #expect(log.allSatisfy { $0["caller"]?.string == own })
        let why = try home.ask("audit", [("action", "why"), ("number", 3)])
        #expect(why["reproduced"] == true)
        #expect(why["decision"]?["rule"]?.string == "ownerPolicy")
        #expect(try home.ask("audit", [("action", "verify")])["ok"] == true)
    }

    @Test func `attestations of trusted keys count, those of others do not`() throws {
        let manifest = try manifest("notes")
        let stranger = SigningKey(seed: [UInt8](repeating: 9, count: 32))!
        func verdicts() throws -> Set<String> {
            try home.service.rights.policy(of: manifest).verdicts
        }
        func attest(_ key: SigningKey, _ result: String, _ sequence: UInt64) throws {
            var body = JSONObject()
            body["claim"] = "replayed"
            body["result"] = .string(result)
            let statement = try Statement.make(
                kind: .attestation, layer: manifest.layer, publisher: key.publicKey,
                sequence: sequence, issued: 1, body: body)
            try home.service.library.add(statement: statement.signed(by: key))
        }
        try attest(stranger, "passed", 1)
        #expect(try verdicts().isEmpty)
        try home.ask("trust", [("key", .string(stranger.publicKey.base32))])
        #expect(try verdicts() == ["replayed"])
        try attest(stranger, "failed", 2)
        #expect(try verdicts().isEmpty)
    }

    @Test func `rules of a newer program are not passed over`() throws {
        let manifest = try manifest("notes")
        try home.service.library.setPolicy("rules", "[{\"allows\":true}]")
        let refused = try #require(fault { try home.service.rights.require(.run, manifest) })
        #expect(refused.code == .corrupt)
        #expect(refused.remedy.contains("--clear-rules"))
        try home.ask("rules", [("action", "clear")])
        try home.service.rights.require(.run, manifest)
    }
}
