import Foundation
import Host
import Testing

@testable import Store

@Suite struct ControlSocketTests {
    @Test func `a short home has its socket inside`() throws {
        let home = try Scratch().home()
        #expect(try home.controlSocketPath() == "\(home.layout.home)/control.sock")
    }

    @Test func `a home beyond the limit of a socket address can be listened on`() throws {
        let scratch = Scratch()
        let long = "\(scratch.path)/" + String(repeating: "deep/", count: 30) + "home"
        let home = try Home.create(at: long)
        let path = try home.controlSocketPath()
        #expect(path.utf8.count <= ControlSocket.pathBytesMax)
        let listener = try LocalSocket.listen(path)
        #expect(Directory.exists("\(home.layout.home)/control.sock"))
        _ = try LocalSocket.connect(try ControlSocket.path(home: long))
        withExtendedLifetime(listener) {}
    }
}
