import Swarm
import Wire

extension FuzzTarget {
    static let swarm: [FuzzTarget] = [addressBook, session, datagram]

    /// Whole sessions of four peers with a node that fetches and serves.
    private static let session = FuzzTarget(
        "FuzzSession", seeds: SessionSample.whole + SessionSample.words
    ) { SessionShell.play($0) }

    /// Layers that are taken in, groups that leave and parts that come when nobody changes the
    /// samples of sessions.
    public static let sessionSamples = SessionSample.whole.map { script in
        let shell = SessionShell.play(script)
        return (taken: shell.taken, left: shell.left, parts: shell.parts)
    }

    private static let datagramSeeds: [[UInt8]] = {
        let offer = datagramOffer
        var sealer = DatagramSealer(offer)
        var space = [UInt8](repeating: 0, count: DatagramKind.bytesMax)
        var seeds: [[UInt8]] = []
        for message in [Message.ping(7), .neighbour(.prune)] {
            let count = sealer.seal(message.bytes, into: &space) ?? 0
            seeds.append(Array(space[..<count]))
        }
        let word = [UInt8](repeating: 6, count: ColdQuestion.wordBytes)
        seeds += [nil, word].map {
            ColdQuestion(number: word, cookie: $0).bytes(in: Samples.network)
        }
        let places = [[UInt8](repeating: 9, count: 4), [UInt8](repeating: 9, count: 16)]
        let answers =
            places.compactMap { Endpoint(bytes: $0, port: 9) }.map {
                ColdAnswer.seen(number: word, $0)
            } + [.cookie(number: word, word)]
        return seeds + answers.map { $0.bytes(in: Samples.network) }
    }()

    private static let datagramOffer = DatagramOffer(
        channel: 0x0102_0304_0506_0708, key: [UInt8](repeating: 5, count: 32), port: 9)

    /// What anybody may send to the UDP port: no answer is longer than what it answers, nothing is
    /// kept, and what is read as an answer is written as it was.
    private static let datagram = FuzzTarget("FuzzDatagram", seeds: datagramSeeds) { input in
        var desk = DatagramDesk(
            network: Samples.network, secret: [UInt8](repeating: 1, count: 32))
        desk.hear(1, by: datagramOffer)
        guard let source = Endpoint(bytes: [9, 9, 9, 9], port: 9) else { return }
        _ = desk.ask(source, number: [UInt8](repeating: 6, count: 16), at: 0)
        for _ in 0..<2 {
            switch desk.take(input, count: input.count, at: 0, from: { source }) {
            case .reply(let answer):
                let isCookie = input.first == DatagramKind.cookie.rawValue
                precondition(isCookie || answer.count < input.count, "it is amplified")
            case .message, .seen, .nothing: break
            }
        }
        if let answer = try? ColdAnswer(input, count: input.count, in: Samples.network) {
            precondition(answer.bytes(in: Samples.network) == input, "an answer changes")
        }
        precondition(desk.channelCount == 1, "something is kept")
        precondition(desk.counters.received <= 1, "a datagram is taken twice")
        if input.count <= SealedDatagram.messageMax, !input.isEmpty {
            var (sealer, opener) = (DatagramSealer(datagramOffer), DatagramOpener(datagramOffer))
            var space = [UInt8](repeating: 0, count: DatagramKind.bytesMax)
            var plain = space
            let count = sealer.seal(input, into: &space) ?? 0
            let size = try? opener.open(space, count: count, counter: 0, into: &plain)
            precondition(size.map { Array(plain[..<$0]) } == input, "a message changes")
        }
    }

    /// Books with a few nodes, near and far, new and tried.
    private static let books: [[UInt8]] = {
        var book = AddressBook(secret: [UInt8](repeating: 3, count: AddressBook.secretBytes))
        let now = Moment(monotonic: 0, wall: 1_790_000_000_000)
        var books = [book.bytes]
        for number in UInt8(1)..<9 {
            let bytes: [UInt8] =
                number % 3 == 0
                ? [0x26, number] + [UInt8](repeating: 1, count: 14)
                : [number % 2 == 0 ? 10 : 20 + number, 1, 1, number]
            guard let endpoint = Endpoint(bytes: bytes, port: 4747) else { continue }
            let key = Samples.digest(number)
            guard let node = NodeKey(bytes: key.bytes) else { continue }
            book.tell(
                PeerAddress(key: node, endpoints: [endpoint]), by: Samples.key.publicKey,
                from: endpoint, isSigned: true, at: now)
            if number % 2 == 0 { book.answered(node, at: endpoint, at: now) }
            if number == 4 { book.anchors = [node] }
        }
        books.append(book.bytes)
        return books
    }()

    /// The last bytes are made a right checksum of what stands before them: else no change would
    /// come further than that.
    private static let addressBook = FuzzTarget("FuzzAddressBook", seeds: books) { input in
        let body = Array(input.dropLast(Digest.byteCount))
        for bytes in [input, body + Blake3.hash(body).bytes] {
            guard var book = try? AddressBook(bytes: bytes) else { continue }
            precondition(book.bytes == bytes, "a book changes when read")
            precondition(book.byteCount <= AddressLimits.bytesMax)
            let now = Moment(monotonic: 0, wall: 1_790_000_000_000)
            for peer in book.pick(8, without: [], at: now) {
                book.answered(peer.key, at: peer.endpoints[0], at: now)
            }
        }
    }
}
