import Wire

/// What a node knows to seal and open datagrams with: bytes in, messages and answers out. No I/O
/// and no clock. It runs on the lane that owns the sockets, apart from the rest of the core: what
/// was not sealed by a peer ends here, at the cost of one lookup and at most one failed opening,
/// and leaves nothing behind.
///
/// Not Sendable on purpose: it holds keys that one lane uses.
package struct DatagramDesk {
    /// What a datagram was.
    package enum Arrival: Sendable {
        /// Nothing that counts.
        case nothing
        /// A message of a session.
        case message(SessionNumber, Message)
        /// To be answered so where it came from: a stranger's question, or a cookie.
        case reply([UInt8])
        /// A node that was asked sees this one at an address.
        case seen(Endpoint, by: Endpoint)
    }

    private struct Question {
        let number: [UInt8]
        let target: Endpoint
        let asked: UInt64
        var hasCookie = false
    }

    private struct Channel {
        let session: SessionNumber
        var opener: DatagramOpener
        /// What may still come by it without waiting.
        var rate = DatagramLimits.rate
    }

    /// What came of datagrams so far.
    package internal(set) var counters = DatagramCounters()
    private var channels: [UInt64: Channel] = [:]
    /// The channels of a session, the newest last: the one before is kept until something comes by
    /// the newest.
    private var channelsOf: [SessionNumber: [UInt64]] = [:]
    private var sealers: [SessionNumber: DatagramSealer] = [:]
    private var questions: [Question] = []
    private let network: BeaconNetwork
    private let cookies: CookieKey
    private var plain = [UInt8](repeating: 0, count: DatagramKind.bytesMax)

    /// A desk without channels, with 32 secret bytes for its cookies.
    package init(network: BeaconNetwork, secret: [UInt8]) {
        self.network = network
        cookies = CookieKey(secret)
    }

    /// A datagram did not leave.
    package mutating func fail() { counters.fail() }

    /// Begins to count anew.
    package mutating func forgetCounters() { counters = DatagramCounters() }

    /// Channels by which datagrams are heard now.
    package var channelCount: Int { channels.count }

    // MARK: Channels

    /// Hears a session's peer by what it is offered.
    package mutating func hear(_ session: SessionNumber, by offer: DatagramOffer) {
        guard channels[offer.channel] == nil,
            channelsOf[session] != nil || channelsOf.count < DatagramLimits.channelsMax
        else { return }
        var list = channelsOf[session] ?? []
        if list.count > 1 { channels[list.removeFirst()] = nil }
        channels[offer.channel] = Channel(session: session, opener: DatagramOpener(offer))
        channelsOf[session] = list + [offer.channel]
    }

    /// Seals for a session's peer by what it offered.
    package mutating func seal(_ session: SessionNumber, by offer: DatagramOffer) {
        guard sealers[session] != nil || sealers.count < DatagramLimits.channelsMax else {
            return
        }
        sealers[session] = DatagramSealer(offer)
    }

    /// A session ended.
    package mutating func end(_ session: SessionNumber) {
        for channel in channelsOf.removeValue(forKey: session) ?? [] { channels[channel] = nil }
        sealers[session] = nil
    }

    // MARK: Out

    /// Seals a message for a session to the start of `datagram`; gives its bytes, nil where it
    /// cannot be sent.
    package mutating func write(
        _ message: Message, for session: SessionNumber, into datagram: inout [UInt8]
    ) -> Int? {
        guard let index = sealers.index(forKey: session),
            let count = sealers.values[index].seal(message.bytes, into: &datagram)
        else {
            counters.failed += 1
            return nil
        }
        counters.sent += 1
        counters.sentBytes += UInt64(count)
        return count
    }

    /// The question to a node, as to a stranger, at which address it sees this one; by 16 random
    /// bytes its answer is known.
    package mutating func ask(_ target: Endpoint, number: [UInt8], at now: UInt64) -> [UInt8] {
        questions.removeAll { $0.asked + DatagramLimits.questionPatience < now }
        if questions.count >= DatagramLimits.questionsMax { questions.removeFirst() }
        questions.append(Question(number: number, target: target, asked: now))
        return ColdQuestion(number: number).bytes(in: network)
    }

    // MARK: In

    /// Takes the first `count` bytes of a datagram at a monotonic time in nanoseconds. Where it
    /// came from is asked only for what deserves it.
    package mutating func take(
        _ datagram: [UInt8], count: Int, at now: UInt64, from source: () -> Endpoint?
    ) -> Arrival {
        guard count > 0, count <= DatagramKind.bytesMax, count <= datagram.count else {
            counters.refuse(.malformed)
            return .nothing
        }
        switch DatagramKind(rawValue: datagram[0]) {
        case .sealed: return open(datagram, count, at: now)
        case .question: return answer(datagram, count, at: now, from: source)
        case .cookie, .answer: return hear(datagram, count, from: source)
        case nil:
            counters.refuse(.malformed)
            return .nothing
        }
    }

    private mutating func open(
        _ datagram: [UInt8], _ count: Int, at now: UInt64
    ) -> Arrival {
        guard let head = SealedDatagram.head(of: datagram, count: count) else {
            counters.refuse(.malformed)
            return .nothing
        }
        guard let index = channels.index(forKey: head.channel) else {
            counters.refuse(.unknownChannel)
            return .nothing
        }
        guard channels.values[index].rate.hasToken(at: now) else {
            counters.refuse(.crowded)
            return .nothing
        }
        let size: Int
        do throws(DatagramOpener.Refusal) {
            size = try channels.values[index].opener.open(
                datagram, count: count, counter: head.counter, into: &plain)
        } catch {
            counters.refuse(error == .replayed ? .replayed : .notAuthentic)
            return .nothing
        }
        _ = channels.values[index].rate.take(at: now)
        let session = channels.values[index].session
        counters.received += 1
        counters.receivedBytes += UInt64(count)
        forgetBefore(head.channel, of: session)
        guard let message = try? Message(bytes: Array(plain[..<size])) else {
            counters.refuse(.notMessage)
            return .nothing
        }
        return .message(session, message)
    }

    /// The peer has the newest key: the one before has served.
    private mutating func forgetBefore(_ channel: UInt64, of session: SessionNumber) {
        guard let list = channelsOf[session], list.count > 1, list.last == channel else { return }
        for old in list.dropLast() { channels[old] = nil }
        channelsOf[session] = [channel]
    }

    /// Takes the answer of a node that was asked. Its cookie goes back to it once.
    private mutating func hear(
        _ datagram: [UInt8], _ count: Int, from source: () -> Endpoint?
    ) -> Arrival {
        guard !questions.isEmpty else {
            counters.refuse(.notAsked)
            return .nothing
        }
        guard let answer = try? ColdAnswer(datagram, count: count, in: network) else {
            counters.refuse(.otherNetwork)
            return .nothing
        }
        let source = source()
        guard
            let index = questions.firstIndex(where: {
                $0.number == answer.number && $0.target == source
            })
        else {
            counters.refuse(.notAsked)
            return .nothing
        }
        switch answer {
        case .cookie(let number, let cookie):
            guard !questions[index].hasCookie else {
                counters.refuse(.notAsked)
                return .nothing
            }
            questions[index].hasCookie = true
            return .reply(ColdQuestion(number: number, cookie: cookie).bytes(in: network))
        case .seen(_, let place): return .seen(place, by: questions.remove(at: index).target)
        }
    }

    /// Nothing is kept of who asks: the cookie that comes back is all that is needed.
    private mutating func answer(
        _ datagram: [UInt8], _ count: Int, at now: UInt64, from source: () -> Endpoint?
    ) -> Arrival {
        guard count == ColdQuestion.byteCount else {
            counters.refuse(.malformed)
            return .nothing
        }
        guard let question = ColdQuestion(datagram, count: count, in: network) else {
            counters.refuse(.otherNetwork)
            return .nothing
        }
        guard let source = source() else {
            counters.refuse(.malformed)
            return .nothing
        }
        let isKnown = question.hasCookie && cookies.isCookie(question.cookie, of: source, at: now)
        let answer: ColdAnswer =
            isKnown
            ? .seen(number: question.number, source)
            : .cookie(number: question.number, cookies.cookie(for: source, at: now))
        let bytes = answer.bytes(in: network)
        counters.asked += 1
        counters.askedBytes += UInt64(count)
        counters.answered += 1
        counters.answeredBytes += UInt64(bytes.count)
        return .reply(bytes)
    }
}
