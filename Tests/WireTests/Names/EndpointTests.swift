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

    @Test func `private networks and links carry beacons, others do not`() throws {
        let six = [UInt8](repeating: 1, count: 14)
        for bytes in [
            [10, 1, 2, 3], [172, 31, 0, 1], [192, 168, 0, 1], [169, 254, 1, 1], [0xfe, 0x80] + six,
            [0xfd, 0x12] + six,
        ] {
            #expect(try endpoint(bytes).isPrivate, "\(bytes)")
        }
        for bytes in [
            [127, 0, 0, 1], [100, 64, 0, 1], [8, 8, 8, 8], [172, 32, 0, 1], [169, 254, 169, 254],
            [255, 255, 255, 255], [0x20, 0x01] + six, [0xff, 0x12] + six,
        ] {
            #expect(try !endpoint(bytes).isPrivate, "\(bytes)")
        }
    }

    @Test func `a zone belongs to link-local addresses of version 6 and is never written`() throws {
        let link = [0xfe, 0x80] + [UInt8](repeating: 0, count: 13) + [7]
        let here = try #require(Endpoint(bytes: link, port: 9, zone: 3))
        #expect(here.zone == 3 && here.with(port: 8).zone == 3 && here.with(port: 8).port == 8)
        #expect(Endpoint(bytes: [169, 254, 0, 1], port: 9, zone: 3)?.zone == 0)
        var writer = Writer()
        here.encode(to: &writer)
        var reader = Reader(writer.bytes)
        let there = try Endpoint(from: &reader)
        #expect(there.zone == 0 && there != here && there.onLink(of: here) == here)
        let other = try #require(Endpoint(bytes: link, port: 9, zone: 4))
        #expect(here.onLink(of: other) == here)
        #expect(try endpoint([10, 0, 0, 1]).onLink(of: here).zone == 0)
    }

    @Test func `only four or sixteen bytes are an address`() {
        #expect(Endpoint(bytes: [1, 2, 3], port: 1) == nil)
        var reader = Reader([5, 1, 2, 3, 4, 5, 0, 1])
        #expect(throws: WireError.invalid("address")) { try Endpoint(from: &reader) }
    }
}
