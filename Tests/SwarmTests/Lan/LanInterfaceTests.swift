import Testing
import Wire

@testable import Swarm

@Suite struct LanInterfaceTests {
    static func endpoint(_ bytes: [UInt8], port: UInt16 = 0, zone: UInt32 = 0) -> Endpoint {
        guard let endpoint = Endpoint(bytes: bytes, port: port, zone: zone) else {
            preconditionFailure("4 or 16 bytes make an address")
        }
        return endpoint
    }

    static func interface(
        _ bytes: [UInt8], bits: Int = 24, number: UInt32 = 2, name: String = "eth0",
        reachesAll: Bool = true
    ) -> LanInterface {
        LanInterface(
            number: number, name: name, address: endpoint(bytes), prefixBits: bits,
            reachesAll: reachesAll)
    }

    private static let six: [UInt8] = [0xfe, 0x80] + [UInt8](repeating: 0, count: 13) + [1]

    @Test func `beacons leave where the address is private and a peer finds the listener`() {
        let (any, all) = (Self.endpoint([0, 0, 0, 0], port: 9), [UInt8](repeating: 0, count: 16))
        let everywhere = Self.endpoint(all, port: 9)
        let near = Self.interface([192, 168, 1, 5])
        #expect(near.carriesBeacons(of: any) && near.carriesBeacons(of: everywhere))
        #expect(near.carriesBeacons(of: Self.endpoint([192, 168, 1, 5], port: 9)))
        #expect(!near.carriesBeacons(of: Self.endpoint([192, 168, 1, 6], port: 9)))
        let link = Self.interface(Self.six, bits: 64)
        #expect(!link.carriesBeacons(of: any) && link.carriesBeacons(of: everywhere))
        for bytes: [UInt8] in [[8, 8, 8, 8], [100, 64, 0, 1], [127, 0, 0, 1]] {
            #expect(!Self.interface(bytes).carriesBeacons(of: any), "\(bytes)")
        }
        #expect(!Self.interface([10, 0, 0, 1], reachesAll: false).carriesBeacons(of: any))
    }

    @Test func `near is who is in its network and came in by it`() {
        let narrow = Self.interface([10, 1, 2, 130], bits: 25)
        func isNear(_ bytes: [UInt8], _ number: UInt32 = 2) -> Bool {
            narrow.isNear(Self.endpoint(bytes, port: 7), arrivedBy: number)
        }
        #expect(isNear([10, 1, 2, 129]) && isNear([10, 1, 2, 255]))
        #expect(!isNear([10, 1, 2, 127]) && !isNear([10, 1, 3, 129]) && !isNear(Self.six))
        #expect(!isNear([10, 1, 2, 129], 3))
        let link = Self.interface(Self.six, bits: 64)
        let other = [UInt8](Self.six.dropLast()) + [99]
        #expect(link.isNear(Self.endpoint(other, port: 1, zone: 2), arrivedBy: 2))
        #expect(
            Self.interface([10, 0, 0, 1], bits: 0).isNear(
                Self.endpoint([9, 9, 9, 9]), arrivedBy: 2))
    }

    @Test func `versions are told apart by name`() {
        #expect(Self.interface([10, 0, 0, 1]).label == "eth0")
        #expect(Self.interface(Self.six).label == "eth0 (IPv6)")
    }
}
