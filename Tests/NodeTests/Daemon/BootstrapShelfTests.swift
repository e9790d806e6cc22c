import Genome
import Host
import Testing
import Wire

@testable import Node

@Suite("The bootstrap lists of a home")
struct BootstrapShelfTests {
    private let fixture: HomeFixture
    private let signer = SigningKey(seed: [UInt8](repeating: 5, count: 32))!

    init() throws { fixture = try HomeFixture() }

    private func shelf(at now: Int64 = 1_500) -> BootstrapShelf {
        BootstrapShelf(library: fixture.service.library, network: .standard, now: now)
    }

    private func list(
        _ sequence: UInt64, network: Digest = NetworkFile.standard.id
    ) throws -> [UInt8] {
        let endpoint = try #require(Endpoint(bytes: [127, 0, 0, 1], port: 4747))
        return try BootstrapList.make(
            network: network, publisher: signer.publicKey, sequence: sequence, issued: 1_000,
            expires: 2_000, entries: [.init(key: signer.publicKey, endpoints: [endpoint])]
        ).signed(by: signer).encode()
    }

    private func refusal(
        _ bytes: [UInt8], trusted: Bool = true, at now: Int64 = 1_500
    ) -> Failure? {
        do throws(Failure) {
            _ = try shelf(at: now).take(
                bytes, trusted: trusted ? [signer.publicKey] : [], named: "nodes.json")
            return nil
        } catch {
            return error
        }
    }

    @Test func `are taken from those whom the owner trusts, and only forwards`() throws {
        #expect(refusal(try list(2), trusted: false)?.remedy.contains("--bootstrap-key") == true)
        #expect(try refusal(list(2)) == nil)
        #expect(refusal(try list(1))?.message.contains("older") == true)
        #expect(try refusal(list(2)) == nil && refusal(list(3)) == nil)
        #expect(try shelf().kept(of: signer.publicKey)?.sequence == 3)
    }

    @Test func `are refused with what to do where they are over, forged or another network's`()
        throws
    {
        let expired = try #require(refusal(try list(2), at: 2_000))
        #expect(expired.message.contains("expired") && expired.remedy.contains("new list"))
        let other = try #require(refusal(try list(2, network: Digest(words: (1, 1, 1, 1)))))
        #expect(other.message.contains("another network"))
        var forged = try list(2)
        let place = try #require(forged.lastIndex(of: UInt8(ascii: "=")))
        forged[place - 5] ^= 1
        #expect(try #require(refusal(forged)).code == .refused)
        #expect(try #require(refusal([1, 2, 3])).remedy.contains("as it was made"))
        #expect(try shelf().signers().isEmpty)
    }

    @Test func `count at the next start, unless they are over by then`() throws {
        #expect(try refusal(list(2)) == nil)
        #expect(try shelf().usable { _ in }.map(\.sequence) == [2])
        var lines: [String] = []
        #expect(try shelf(at: 2_001).usable { lines.append($0) }.isEmpty)
        #expect(lines.count == 1 && lines[0].contains("expired"))
        #expect(try shelf().forget(signer.publicKey))
        #expect(try shelf().usable { _ in }.isEmpty)
    }
}
