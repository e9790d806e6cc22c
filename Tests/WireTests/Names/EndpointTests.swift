import Testing
import Wire

@Suite struct EndpointTests {
    private func endpoint(_ bytes: [UInt8]) throws -> Endpoint {
        try #require(Endpoint(bytes: bytes, port: 4747))
    }

    @Test func `addresses know how far they reach`() throws {
        let cases: [([UInt8], Endpoint.Reach)] = [
            ([127, 0, 0, 1], .loopback), ([0, 0, 0, 0], .loopback), ([10, 1, 2, 3], .site),
            ([172, 16, 0, 1], .site), ([172, 32, 0, 1], .global), ([192, 168, 0, 1], .site),
            ([100, 64, 0, 1], .site), ([169, 254, 1, 1], .linkLocal),
            ([169, 254, 169, 254], .forbidden), ([224, 0, 0, 1], .forbidden),
            ([255, 255, 255, 255], .forbidden), ([8, 8, 8, 8], .global),
            ([UInt8](repeating: 0, count: 15) + [1], .loopback),
            ([0xfe, 0x80] + [UInt8](repeating: 1, count: 14), .linkLocal),
            ([0xfd, 0x12] + [UInt8](repeating: 1, count: 14), .site),
            ([0xff, 0x02] + [UInt8](repeating: 0, count: 14), .forbidden),
            ([UInt8](repeating: 0, count: 10) + [0xff, 0xff, 127, 0, 0, 1], .forbidden),
            ([0x20, 0x02] + [UInt8](repeating: 1, count: 14), .forbidden),
            ([0, 0x64, 0xff, 0x9b] + [UInt8](repeating: 0, count: 12), .forbidden),
            ([0x20, 0x01] + [UInt8](repeating: 1, count: 14), .global),
        ]
        for (bytes, reach) in cases { #expect(try endpoint(bytes).reach == reach, "\(bytes)") }
    }

    @Test func `near addresses are dialled only when heard from the same range`() throws {
        let near = try endpoint([127, 0, 0, 1])
        #expect(near.mayBeDialled(heardFrom: .loopback))
        #expect(!near.mayBeDialled(heardFrom: .global))
        #expect(try !endpoint([10, 0, 0, 1]).mayBeDialled(heardFrom: .loopback))
        #expect(try endpoint([9, 9, 9, 9]).mayBeDialled(heardFrom: .site))
        #expect(try !endpoint([169, 254, 169, 254]).mayBeDialled(heardFrom: .linkLocal))
    }

    @Test func `only four or sixteen bytes are an address`() {
        #expect(Endpoint(bytes: [1, 2, 3], port: 1) == nil)
        var reader = Reader([5, 1, 2, 3, 4, 5, 0, 1])
        #expect(throws: WireError.invalid("address")) { try Endpoint(from: &reader) }
    }
}
