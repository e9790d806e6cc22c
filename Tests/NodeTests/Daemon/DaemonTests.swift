import Genome
import Host
import Store
import Swarm
import Testing
import Wire

@testable import Node

@Suite("A daemon")
struct DaemonTests {
    private func daemon(
        _ home: HomeFixture, listen: String = "127.0.0.1:0", join: [JoinTarget] = []
    ) throws -> Daemon {
        var options = Daemon.Options(listen: try #require(Address(listen))) { _ in }
        options.join = join
        return try Daemon(
            library: home.service.library, catalogue: home.service.catalogue,
            keys: home.service.keys, network: .standard, options: options)
    }

    @Test func `binds what it says, meets its peers, and fetches what they have`() throws {
        let (first, second) = (try HomeFixture(), try HomeFixture())
        let shared = try first.share("open", visibility: "public")
        let layer = try #require(shared["layer"]?.string.flatMap { Digest(hexadecimal: $0) })
        let a = try daemon(first)
        #expect(a.peerAddress.port != 0)
        #expect(a.ticket.endpoints.map(\.port) == [a.peerAddress.port])
        let b = try daemon(second, join: [JoinTarget(a.ticket)])
        Laboratory.eventually("they meet") { b.look().sessions.count == 1 }
        try Laboratory.eventually("the record arrives") {
            try !second.service.catalogue.announcements(of: layer).isEmpty
        }
        let status = try b.fetch(FetchRequest(layer: layer), shownAs: layer) { _ in }
        #expect(status.phase == .done)
        #expect(status.sources.map(\.node) == [first.service.keys.node.publicKey])
        #expect(b.transfers.all.isEmpty)
        #expect(try second.service.library.index.layer(layer) != nil)
        b.stop()
        a.stop()
    }

    @Test func `tells a taken port from one that may not be bound`() throws {
        let first = try HomeFixture()
        let a = try daemon(first)
        defer { a.stop() }
        func code(_ listen: String) throws -> Failure.Code? {
            do {
                try daemon(try HomeFixture(), listen: listen).stop()
                return nil
            } catch {
                return (error as? Failure)?.code
            }
        }
        #expect(try code(a.peerAddress.description) == .busy)
        #expect(try code("192.0.2.1:4747") == .refused)
    }
}
