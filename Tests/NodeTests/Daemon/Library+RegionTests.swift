import Testing

@testable import Node

@Suite("Where a machine is")
struct LibraryRegionTests {
    @Test func `is what its owner said last, until she takes it back`() throws {
        let library = try HomeFixture().service.library
        #expect(try library.region() == nil)
        #expect(try library.region(setting: "eu-central") == "eu-central")
        #expect(try library.region(setting: nil) == "eu-central")
        #expect(try library.region(setting: "us-east") == "us-east")
        #expect(try library.region(setting: "") == nil)
        #expect(try library.region() == nil)
    }
}
