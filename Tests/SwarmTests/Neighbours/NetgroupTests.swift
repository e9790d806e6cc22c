import Testing
import Wire

@testable import Swarm

@Suite struct NetgroupTests {
    private func group(_ bytes: [UInt8]) -> Netgroup? {
        Endpoint(bytes: bytes, port: 1).flatMap(Netgroup.init)
    }

    @Test func `a global address belongs to its 16 or 32 bits, a near one to none`() {
        #expect(group([9, 8, 1, 1]) == group([9, 8, 2, 7]))
        #expect(group([9, 8, 1, 1]) != group([9, 7, 1, 1]))
        for near in [[10, 0, 0, 1], [127, 0, 0, 1], [192, 168, 3, 4], [169, 254, 0, 9]] {
            #expect(group(near.map(UInt8.init)) == nil)
        }
        let six: [UInt8] = [0x20, 0x01, 0x0d, 0xb9] + [UInt8](repeating: 1, count: 12)
        var near = six
        near[15] = 9
        var far = six
        far[3] = 1
        #expect(group(six) == group(near) && group(six) != group(far))
        #expect(group(six) != group([0x20, 0x01, 1, 1]))
    }
}
