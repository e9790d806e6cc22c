import Testing
import Wire

@Suite struct TicketTests {
    @Test func `tickets of an independent implementation are read and written alike`() throws {
        let file = try VectorFile.object("tickets.json")
        let tickets = try #require(file["tickets"] as? [[String: Any]])
        #expect(tickets.count >= 4)
        for entry in tickets {
            let text = try #require(entry["text"] as? String)
            let ticket = try Ticket(text: text)
            #expect(ticket.key.base32 == entry["key"] as? String)
            #expect(ticket.endpoints.count == (entry["endpoints"] as? [String])?.count)
            let relays = try #require(entry["relays"] as? [[String: Any]])
            #expect(ticket.relays.map(\.key.base32) == relays.map { $0["key"] as? String })
            #expect(
                ticket.relays.map(\.endpoints.count)
                    == relays.map { ($0["endpoints"] as? [String])?.count })
            let again = Ticket(
                key: ticket.key, endpoints: ticket.endpoints, relays: ticket.relays)
            #expect(again.text == text)
        }
        #expect(tickets.contains { ($0["relays"] as? [Any])?.isEmpty == false })
        for entry in try #require(file["bad"] as? [[String: Any]]) {
            let text = try #require(entry["text"] as? String)
            #expect(throws: WireError.self, "\(entry["name"] ?? "")") { try Ticket(text: text) }
        }
    }

    @Test func `any changed digit is noticed`() throws {
        let key = try #require(SigningKey(seed: [UInt8](repeating: 9, count: 32))).publicKey
        let endpoint = try #require(Endpoint(bytes: [192, 0, 2, 1], port: 4747))
        let text = Ticket(key: key, endpoints: [endpoint]).text
        for position in text.indices {
            var changed = text
            let digit: Character = text[position] == "a" ? "b" : "a"
            changed.replaceSubrange(position...position, with: String(digit))
            #expect(throws: WireError.self) { try Ticket(text: changed) }
        }
    }
}
