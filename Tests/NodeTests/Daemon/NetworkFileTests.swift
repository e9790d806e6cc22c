import Testing
import Wire

@testable import Node

@Suite("The network file")
struct NetworkFileTests {
    private let laboratory: Laboratory
    private let key: NodeKey

    init() throws {
        laboratory = try Laboratory()
        key = try #require(SigningKey(seed: [UInt8](repeating: 4, count: 32))).publicKey
    }

    private func read(_ text: String) throws -> NetworkFile {
        try NetworkFile(path: try laboratory.write("network.json", text))
    }

    @Test func `holds name, id, founders and the key of a private swarm`() throws {
        let id = NetworkFile.identifier(name: "lab")
        let ticket = Ticket(
            key: key, endpoints: [try #require(Endpoint(bytes: [1, 2, 3, 4], port: 5))])
        let secret = [UInt8](repeating: 8, count: 32)
        let file = try read(
            #"{"name":"lab","id":"\#(id.hexadecimal)","founders":["\#(ticket.text)"],"#
                + #""swarmKey":"\#(Base32.encode(secret))"}"#)
        #expect(file.name == "lab" && file.id == id && file.swarmKey == secret)
        #expect(file.founders == [ticket])
    }

    @Test func `of a home is its own or the standard one`() throws {
        #expect(try NetworkFile.of(home: laboratory.path).id == NetworkFile.standard.id)
        let id = NetworkFile.identifier(name: "lab").hexadecimal
        _ = try read(#"{"name":"lab","id":"\#(id)"}"#)
        #expect(try NetworkFile.of(home: laboratory.path).name == "lab")
    }

    @Test func `names different networks differently`() {
        #expect(NetworkFile.identifier(name: "a") != NetworkFile.identifier(name: "b"))
        #expect(NetworkFile.standard.id == NetworkFile.identifier(name: "plasmid"))
        #expect(NetworkFile.standard.founders.isEmpty && NetworkFile.standard.swarmKey == nil)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"name":"a"}"#, #"{"name":"a","id":"12"}"#,
        #"{"name":"a\u001b","id":"ID"}"#, #"{"name":"a","id":"ID","founders":["x"]}"#,
        #"{"name":"a","id":"ID","swarmKey":"aaaa"}"#,
    ])
    func `is refused when it is not whole`(_ text: String) {
        let id = NetworkFile.standard.id.hexadecimal
        #expect(throws: Failure.self) { try read(text.replacing("ID", with: id)) }
    }

    @Test func `that is missing is refused with its path`() {
        #expect(throws: Failure.self) { try NetworkFile(path: "\(laboratory.path)/none") }
    }
}
