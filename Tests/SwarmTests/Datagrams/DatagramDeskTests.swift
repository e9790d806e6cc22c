import Testing
import Wire

@testable import Swarm

@Suite struct DatagramDeskTests {
    private let network = BeaconNetwork(id: Blake3.hash([1]))
    private let place = Driver.address(7)

    private func makeDesk(_ byte: UInt8 = 1) -> DatagramDesk {
        DatagramDesk(network: network, secret: [UInt8](repeating: byte, count: 32))
    }

    private func write(_ message: Message, by desk: inout DatagramDesk) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: DatagramKind.bytesMax)
        let count = try #require(desk.write(message, for: 4, into: &bytes))
        return Array(bytes[..<count])
    }

    private func take(
        _ bytes: [UInt8], by desk: inout DatagramDesk, at now: UInt64 = 0
    ) -> DatagramDesk.Arrival {
        desk.take(bytes, count: bytes.count, at: now, from: { place })
    }

    private func isMessage(_ arrival: DatagramDesk.Arrival, _ message: Message) -> Bool {
        if case .message(9, message) = arrival { true } else { false }
    }

    @Test func `what one seals the other opens, once`() throws {
        var (one, other) = (makeDesk(), makeDesk(2))
        let offer = DatagramOffer.random(port: 5)
        other.hear(9, by: offer)
        one.seal(4, by: offer)
        let bytes = try write(.ping(7), by: &one)
        #expect(isMessage(take(bytes, by: &other), .ping(7)))
        #expect(!isMessage(take(bytes, by: &other), .ping(7)))
        #expect(other.counters.received == 1 && other.counters[.replayed] == 1)
        #expect(one.counters.sent == 1 && one.counters.sentBytes == 42)
        other.end(9)
        #expect(other.channelCount == 0)
        _ = take(try write(.ping(8), by: &one), by: &other)
        #expect(other.counters[.unknownChannel] == 1)
        one.end(4)
        var space = [UInt8](repeating: 0, count: DatagramKind.bytesMax)
        #expect(one.write(.ping(1), for: 4, into: &space) == nil && one.counters.failed == 1)
    }

    @Test func `the key before is good until something comes under the newest`() throws {
        var (one, other) = (makeDesk(), makeDesk(2))
        let offers = (0..<3).map { _ in DatagramOffer.random(port: 5) }
        other.hear(9, by: offers[0])
        one.seal(4, by: offers[0])
        let (early, late) = (try write(.ping(1), by: &one), try write(.ping(2), by: &one))
        other.hear(9, by: offers[1])
        #expect(isMessage(take(early, by: &other), .ping(1)))
        one.seal(4, by: offers[1])
        #expect(isMessage(take(try write(.ping(3), by: &one), by: &other), .ping(3)))
        _ = take(late, by: &other)
        #expect(other.counters[.unknownChannel] == 1 && other.channelCount == 1)
        for offer in offers { other.hear(9, by: offer) }
        #expect(other.channelCount == 2, "never more than two of a session")
    }

    @Test func `sessions and keys are bounded`() {
        var desk = makeDesk()
        for session in 0..<UInt64(1_000) { desk.hear(session, by: .random(port: 5)) }
        #expect(desk.channelCount == SwarmLimits.sessionsMax)
    }

    @Test func `a stranger gets a cookie first, and an answer when it comes back`() throws {
        var (asker, desk) = (makeDesk(), makeDesk(2))
        let number = [UInt8](repeating: 6, count: 16)
        let question = asker.ask(place, number: number, at: 0)
        guard case .reply(let first) = take(question, by: &desk),
            case .reply(let again) = take(first, by: &asker)
        else {
            Issue.record("no cookie")
            return
        }
        if case .reply = take(first, by: &asker) { Issue.record("a cookie goes back twice") }
        guard case .reply(let second) = take(again, by: &desk),
            case .seen(place, by: place) = take(second, by: &asker)
        else {
            Issue.record("no answer")
            return
        }
        if case .seen = take(second, by: &asker) { Issue.record("an answer counts twice") }
        #expect(asker.counters[.notAsked] == 2)
        #expect(first.count == 50 && second.count <= ColdAnswer.bytesMax)
        #expect(desk.counters.asked == 2 && desk.counters.askedBytes == 2_400)
        #expect(desk.counters.answeredBytes == UInt64(first.count + second.count))
        // A cookie that is old, or somebody else's, gets a new one.
        let late = CookieKey.epoch * 2
        guard
            case .reply(let third) = take(again, by: &desk, at: late)
        else {
            Issue.record("no cookie")
            return
        }
        #expect(third[0] == DatagramKind.cookie.rawValue)
    }

    @Test func `an answer counts from who was asked, for ten seconds, and for few`() throws {
        var (asker, desk) = (makeDesk(), makeDesk(2))
        let numbers = (UInt8(0)..<6).map { [UInt8](repeating: $0, count: 16) }
        let questions = numbers.map { asker.ask(place, number: $0, at: 0) }
        let answers = questions.compactMap { question -> [UInt8]? in
            if case .reply(let bytes) = take(question, by: &desk) { bytes } else { nil }
        }
        #expect(answers.count == 6)
        let elsewhere = Driver.address(8)
        let stray = asker.take(answers[5], count: answers[5].count, at: 0) { elsewhere }
        if case .reply = stray { Issue.record("somebody else answered") }
        let heard = answers.map { bytes in
            if case .reply = take(bytes, by: &asker) { true } else { false }
        }
        #expect(heard == [false, false, true, true, true, true])
        _ = asker.ask(place, number: numbers[0], at: 11 * Span.second)
        if case .seen = take(answers[5], by: &asker) { Issue.record("too late") }
        #expect(asker.counters[.notAsked] == 4)
    }

    @Test func `what is none of ours is counted and costs nothing`() {
        var desk = makeDesk()
        desk.hear(9, by: .random(port: 5))
        let stranger = BeaconNetwork(id: Blake3.hash([2]))
        let number = [UInt8](repeating: 6, count: 16)
        let question = ColdQuestion(number: number).bytes(in: stranger)
        let answer = ColdAnswer.cookie(number: number, number).bytes(in: stranger)
        for bytes in [
            question, answer, Array(question.dropLast()), [], [1, 2, 3], [0xd1],
            [UInt8](repeating: 0xd1, count: 1_200), [UInt8](repeating: 0xd1, count: 1_201),
        ] {
            var wasAsked = false
            let arrival = desk.take(bytes, count: bytes.count, at: 0) {
                wasAsked = true
                return place
            }
            if case .nothing = arrival {} else { Issue.record("\(arrival)") }
            #expect(!wasAsked, "its source was looked at")
        }
        #expect(desk.counters[.otherNetwork] == 1 && desk.counters[.notAsked] == 1)
        #expect(desk.counters[.malformed] == 6)
        #expect(desk.counters.refusedCount == 8 && desk.counters.answered == 0)
        desk.forgetCounters()
        #expect(desk.counters == DatagramCounters())
    }
}
