import Testing
import Wire

@Suite struct CircleDomainTests {
    @Test func `a domain is the tag that a circle's records carry`() {
        let secret = [UInt8](repeating: 4, count: CircleTag.secretBytes)
        let circle = CircleDomain(secret: secret)
        #expect(circle.bytes == CircleTag.domain(secret: secret))
        #expect(circle.domain == .restricted(tag: circle.bytes))
        #expect(CircleDomain(bytes: circle.bytes) == circle)
        #expect(CircleDomain(bytes: Array(circle.bytes.dropLast())) == nil)
    }

    @Test func `domains stand in the order of their bytes`() throws {
        let low = try #require(CircleDomain(bytes: [UInt8](repeating: 1, count: 16)))
        let high = try #require(CircleDomain(bytes: [UInt8](repeating: 2, count: 16)))
        #expect(low < high && !(high < low) && !(low < low))
    }
}
