import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite struct OrganizationSecretsTests {
    private let id = Fixture.key(5).publicKey

    private func path(_ layout: Layout) -> String {
        "\(layout.keys)/organization-\(id.base32)"
    }

    @Test func `secrets come back from their file, which only the owner can read`() throws {
        let layout = try Scratch().home().layout
        #expect(try OrganizationSecrets.read(id, layout) == nil)
        let secrets = OrganizationSecrets(
            organization: id, seeds: [Fixture.key(5).seed],
            epochs: [EpochSecrets.random(number: 1), EpochSecrets.random(number: 2)])
        try secrets.write(layout)
        #expect(try OrganizationSecrets.read(id, layout) == secrets)
        #expect(try File.facts(of: path(layout)).mode & 0o777 == 0o600)
        #expect(secrets.keys.map(\.publicKey) == [id])
        try File(path(layout), .read).setMode(0o640)
        #expect(throws: StoreError.self) { try OrganizationSecrets.read(id, layout) }
    }

    @Test(arguments: ["key", "key abc", "epoch 0 00 00", "epoch 1 00 00", "odd 1", "key 00 00"])
    func `a damaged file is refused`(_ line: String) throws {
        let layout = try Scratch().home().layout
        try DurableFile.write(Array((line + "\n").utf8), to: path(layout))
        #expect(throws: StoreError.self) { try OrganizationSecrets.read(id, layout) }
    }
}
