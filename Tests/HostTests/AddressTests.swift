import Testing

@testable import Host

@Suite("An address")
struct AddressTests {
    @Test func `is read from text and written as it was`() throws {
        for text in ["1.2.3.4:5", "0.0.0.0:4747", "[::1]:65535", "[2001:db8::7]:1"] {
            #expect(try #require(Address(text)).description == text)
        }
        #expect(Address("[::ffff:1.2.3.4]:5")?.description == "1.2.3.4:5")
    }

    @Test(arguments: [
        "", ":", "1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "1.2.3.4:-1", "::1:5", "[::1]", "host:5",
        "256.1.1.1:5", "[1.2.3:5", ":80",
    ])
    func `is refused in any other form`(_ text: String) {
        #expect(Address(text) == nil)
    }

    @Test func `of a link names its interface`() throws {
        let number = try #require(Interfaces.entries().first?.number)
        let name = try #require(Interfaces.entries().first?.name)
        let address = try #require(Address("[fe80::7%\(name)]:9"))
        #expect(address.zone == number && address.description == "[fe80::7%\(name)]:9")
        #expect(Address(address.storage.0) == address)
        #expect(Address("[fe80::7]:9")?.zone == 0 && Address("[fe80::7]:9") != address)
        for text in ["[fe80::7%]:9", "[fe80::7%nosuch0]:9", "[::1%\(name)]:9", "1.2.3.4%\(name):9"]
        {
            #expect(Address(text) == nil, "\(text)")
        }
    }

    @Test func `is split into host and port`() {
        #expect(Address.split("lab.example:4747")?.host == "lab.example")
        #expect(Address.split("[::1]:7")?.host == "::1")
        #expect(Address.split("[::1]:7")?.port == 7)
        #expect(Address.split("::1:7") == nil)
    }

    @Test func `of a name is looked up, of nothing is none`() {
        #expect(Address.resolve("127.0.0.1:9") == [Address("127.0.0.1:9")])
        let found = Address.resolve("localhost:9")
        #expect(found.contains { ["127.0.0.1:9", "[::1]:9"].contains($0.description) })
        #expect(Address.resolve("no port").isEmpty)
        #expect(Address.resolve("name.invalid:1").isEmpty)
    }

    @Test func `survives the way through the system's form`() throws {
        for text in ["10.20.30.40:5060", "[fe80::1:2]:7"] {
            let address = try #require(Address(text))
            #expect(Address(address.storage.0) == address)
        }
        #expect(Address(bytes: [1, 2, 3], port: 1) == nil)
        #expect(Address("0.0.0.0:1")?.isUnspecified == true)
        #expect(Address("0.0.0.1:1")?.isUnspecified == false)
    }
}
