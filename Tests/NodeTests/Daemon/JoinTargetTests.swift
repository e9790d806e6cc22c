import Testing
import Wire

@testable import Node

@Suite("Whom to join")
struct JoinTargetTests {
    private func code(_ text: String) -> Failure.Code? {
        do {
            _ = try JoinTarget(text)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `is read from a ticket with its key`() throws {
        let key = try #require(SigningKey(seed: [UInt8](repeating: 4, count: 32))).publicKey
        let endpoint = try #require(Endpoint(bytes: [1, 2, 3, 4], port: 5))
        let ticket = Ticket(key: key, endpoints: [endpoint])
        let target = try JoinTarget(ticket.text)
        #expect(target.key == key && target.endpoints == [endpoint] && target.relays.isEmpty)
        let relays = [PeerAddress(key: key, endpoints: [endpoint])]
        let relayed = try JoinTarget(Ticket(key: key, endpoints: [], relays: relays).text)
        #expect(relayed.key == key && relayed.endpoints.isEmpty && relayed.relays == relays)
        #expect(code(Ticket(key: key, endpoints: []).text) == .refused)
        #expect(code(String(ticket.text.dropLast())) == .usage)
    }

    @Test func `is read from an address without a key`() throws {
        let target = try JoinTarget("127.0.0.1:4747")
        #expect(target.key == nil && target.endpoints.map(\.port) == [4747])
        #expect(try JoinTarget("[::1]:1").endpoints.count == 1)
        #expect(code("name.invalid:1") == .unreachable)
    }

    @Test(arguments: ["", "host", "1.2.3.4", "1.2.3.4:99999", "a b c"])
    func `is refused in any other form`(_ text: String) {
        #expect(code(text) == .usage)
    }
}
