import Testing
import Wire

@testable import Swarm

@Suite struct SubnetTests {
    @Test func `addresses of one room are in one network, others are not`() throws {
        let one = try #require(Subnet(Driver.address(1, [9, 8, 7])))
        #expect(Subnet(Driver.address(200, [9, 8, 7])) == one)
        #expect(Subnet(Driver.address(1, [9, 8, 6])) != one)
        #expect(one.text == "9.8.7.0/24")
        func six(_ head: [UInt8]) throws -> Endpoint {
            try #require(
                Endpoint(
                    bytes: head + [UInt8](repeating: 5, count: 16 - head.count), port: 4747))
        }
        let long = try #require(Subnet(try six([0x20, 1, 0x4d, 0xb8, 0, 1, 9])))
        #expect(Subnet(try six([0x20, 1, 0x4d, 0xb8, 0, 1, 7])) == long)
        #expect(Subnet(try six([0x20, 1, 0x4d, 0xb8, 0, 2, 9])) != long)
        #expect(long.text == "2001:4db8:1::/48")
        #expect(one < long)
    }

    @Test func `an address that is not global has none`() {
        #expect(Subnet(Driver.address(1, [127, 0, 0])) == nil)
        #expect(Subnet(Driver.address(1, [192, 168, 1])) == nil)
    }
}
