import Testing

@testable import Node

@Suite("How much a node keeps")
struct LibraryRoleTests {
    @Test func `is all, until its owner says otherwise`() throws {
        let library = try HomeFixture().service.library
        #expect(try library.role() == .full)
        #expect(try library.role(setting: .light) == .light)
        #expect(try library.role(setting: nil) == .light)
        #expect(try library.role(setting: .full) == .full)
        #expect(try library.role() == .full)
    }
}
