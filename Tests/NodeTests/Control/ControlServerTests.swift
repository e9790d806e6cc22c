import Genome
import Host
import Testing

@testable import Node

@Suite("The control server")
struct ControlServerTests {
    private func ask(_ channel: ControlChannel, _ verb: String) throws -> JSONObject {
        try channel.ask(ServiceRequest(verb: verb, arguments: JSONObject(), files: [])) { _ in }
    }

    @Test func `answers many commands, each as often as it asks, and survives garbage`() throws {
        let home = try HomeFixture()
        let path = "\(home.laboratory.path)/socket"
        let server = try ControlServer(path: path, service: home.service)
        try server.start()
        let first = try #require(ControlChannel.connect(path))
        let second = try #require(ControlChannel.connect(path))
        for channel in [first, second, first] {
            #expect(try ask(channel, "list")["layers"]?.array?.isEmpty == true)
        }
        #expect { try ask(second, "dance") } throws: { ($0 as? Failure)?.code == .unsupported }
        #expect(try ask(second, "status")["running"] == false)
        let garbage = try LocalSocket.connect(path)
        try garbage.write(Laboratory.bytes(4096))
        garbage.shutdown()
        #expect(try ask(first, "status")["layers"] == 0)
        server.stop()
        #expect(!Directory.exists(path))
        #expect(ControlChannel.connect(path) == nil)
    }

    @Test func `takes the place of a socket that a dead node left`() throws {
        let home = try HomeFixture()
        let path = "\(home.laboratory.path)/socket"
        try home.laboratory.write("socket", "stale")
        let server = try ControlServer(path: path, service: home.service)
        try server.start()
        #expect(ControlChannel.connect(path) != nil)
        server.stop()
        #expect(throws: Failure.self) {
            try ControlServer(path: "\(path)/below/none", service: home.service)
        }
    }
}
