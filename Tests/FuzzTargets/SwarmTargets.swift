import Swarm
import Wire

extension FuzzTarget {
    static let swarm: [FuzzTarget] = [addressBook, session]

    /// Whole sessions of four peers with a node that fetches and serves.
    private static let session = FuzzTarget(
        "FuzzSession", seeds: SessionSample.whole + SessionSample.words
    ) { SessionShell.play($0) }

    /// Layers that are taken in and groups that leave when nobody changes the samples of sessions.
    public static let sessionSamples: [(taken: Int, left: Int)] = SessionSample.whole.map {
        let shell = SessionShell.play($0)
        return (shell.taken, shell.left)
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
