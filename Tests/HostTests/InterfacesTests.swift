import Testing

@testable import Host

@Suite("The interfaces")
struct InterfacesTests {
    @Test func `have a loopback, each address once and with the port`() {
        let addresses = Interfaces.addresses(port: 4747)
        #expect(addresses.contains { ["127.0.0.1:4747", "[::1]:4747"].contains($0.description) })
        #expect(Set(addresses).count == addresses.count)
        #expect(addresses.allSatisfy { $0.port == 4747 && !$0.isUnspecified })
    }

    @Test func `say what they are and what they reach`() throws {
        let entries = Interfaces.entries()
        let loopback = try #require(entries.first { $0.address.bytes == [127, 0, 0, 1] })
        #expect(loopback.isLoopback && !loopback.reachesAll && loopback.prefixBits == 8)
        for entry in entries {
            #expect(entry.number != 0 && !entry.name.isEmpty && entry.address.port == 0)
            #expect((0...entry.address.bytes.count * 8).contains(entry.prefixBits))
            #expect(!(entry.isLoopback && entry.reachesAll))
        }
    }
}
