import Genome
import Host
import Testing

@testable import Node

@Suite("The control channel")
struct ControlChannelTests {
    private let laboratory: Laboratory
    private let client: LocalSocket
    private let server: ControlChannel

    init() throws {
        laboratory = try Laboratory()
        let path = "\(laboratory.path)/socket"
        let listener = try LocalSocket.listen(path)
        client = try LocalSocket.connect(path)
        server = ControlChannel(try listener.accept())
    }

    @Test func `carries a request with its open files and the answers to it`() throws {
        let path = try laboratory.write("a.txt", "abc")
        let request = ServiceRequest(
            verb: "share", arguments: JSONObject([.init(name: "x", value: "y")]),
            files: [try File(path, .read), try File(path, .read)])
        let answered = Semaphore()
        let thread = try Thread("server") { [server] in
            let received = try? server.receiveRequest()
            let sizes = (received?.files ?? []).map { try? $0.facts().size }
            try? server.send(["progress": ["done": 1]])
            try? server.send([
                "result": [
                    "verb": .string(received?.verb ?? ""),
                    "x": received?.arguments["x"] ?? .null,
                    "sizes": .array(sizes.map { .integer(Int64($0 ?? 0)) }),
                ]
            ])
            answered.signal()
        }
        var steps: [JSONObject] = []
        let answer = try ControlChannel(client).ask(request) { steps.append($0) }
        #expect(answer["verb"] == "share" && answer["x"] == "y")
        #expect(answer["sizes"] == [3, 3])
        #expect(steps.count == 1 && steps[0]["done"] == 1)
        thread.join()
    }

    @Test func `hands a failure on as it was`() throws {
        let failure = Failure(.licence, "what", why: "why", remedy: "do")
        let thread = try Thread("server") { [server] in
            _ = try? server.receiveRequest()
            try? server.send(.object(failure.json))
        }
        #expect(throws: failure) {
            try ControlChannel(client).ask(
                ServiceRequest(verb: "v", arguments: JSONObject(), files: [])
            ) { _ in }
        }
        thread.join()
    }

    @Test func `refuses what is too long, no JSON or no request, and ends with the stream`() throws
    {
        try client.write([0xff, 0xff, 0xff, 0xff])
        #expect(throws: Failure.self) { try server.receive() }
        try client.write([0, 0, 0, 3, 0x7b, 0x7b, 0x7b])
        #expect(throws: Failure.self) { try server.receive() }
        let many = #"{"verb":"x","files":100001}"#
        try client.write([0, 0, 0, UInt8(many.utf8.count)] + Array(many.utf8))
        #expect(throws: Failure(.usage, "not a request")) { try server.receiveRequest() }
        client.shutdown()
        #expect(try server.receive() == nil)
    }

    @Test func `no node at a path is no channel`() {
        #expect(ControlChannel.connect("\(laboratory.path)/none") == nil)
    }
}
