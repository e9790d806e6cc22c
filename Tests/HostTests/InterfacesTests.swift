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
}
