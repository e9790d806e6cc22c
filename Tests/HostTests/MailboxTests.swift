import Testing

@testable import Host

@Suite("A mailbox")
struct MailboxTests {
    @Test func `gives all messages in order and wakes its loop once`() throws {
        let mailbox = try Mailbox<Int>()
        let poller = try Poller()
        try poller.add(mailbox.wake, token: 5, reads: true, writes: false)
        #expect(try poller.wait(milliseconds: 0).isEmpty)
        for number in 0..<100 { mailbox.post(number) }
        #expect(mailbox.count == 100)
        let events = try poller.wait(milliseconds: 1000)
        #expect(events.map(\.token) == [5] && events[0].isReadable)
        #expect(mailbox.takeAll() == Array(0..<100))
        #expect(mailbox.takeAll().isEmpty)
        #expect(try poller.wait(milliseconds: 0).isEmpty)
        mailbox.post(7)
        #expect(try poller.wait(milliseconds: 1000).count == 1)
    }

    @Test func `loses nothing between threads`() throws {
        let mailbox = try Mailbox<Int>()
        let threads = try (0..<4).map { number in
            try Thread("post-\(number)") {
                for step in 0..<2000 { mailbox.post(number * 2000 + step) }
            }
        }
        var taken: [Int] = []
        while taken.count < 8000 { taken += mailbox.takeAll() }
        for thread in threads { thread.join() }
        #expect(taken.sorted() == Array(0..<8000))
        for number in 0..<4 {
            let own = taken.filter { $0 / 2000 == number }
            #expect(own == own.sorted())
        }
    }
}
