import Testing
import Wire

@Suite struct NeighbourMessageTests {
    @Test func `the largest of each fit one frame`() {
        let record = [UInt8](repeating: 1, count: Limits.recordBytesMax)
        let item = NeighbourMessage.NewsItem(hops: 9, record: record)
        let have = NeighbourMessage.Have(hops: 9, name: NewsName(of: record))
        let largest: [NeighbourMessage] = [
            .news(.init(repeating: item, count: Limits.recordsPerMessageMax)),
            .haves(.init(repeating: have, count: NeighbourMessage.havesMax)),
        ]
        for message in largest { #expect(message.byteCount <= Limits.recordPayloadMax) }
    }

    @Test func `a walk that is too long, an empty shuffle, an unknown word are refused`() {
        let long = Message.neighbour(.shuffle(number: 1, hopsLeft: 9, [MessageTests.peer]))
        #expect(throws: WireError.tooLarge("walk")) { try Message(bytes: long.bytes) }
        let empty = Message.neighbour(.shuffle(number: 1, hopsLeft: 1, []))
        #expect(throws: WireError.invalid("shuffle")) { try Message(bytes: empty.bytes) }
        #expect(throws: WireError.invalid("word about neighbours")) {
            try Message(bytes: [139, 9])
        }
        #expect(throws: WireError.invalid("probe outcome")) {
            try Message(bytes: [143, 0, 0, 0, 0, 0, 0, 0, 1, 7])
        }
    }

    @Test func `the bytes are those of the page`() throws {
        #expect(Message.neighbour(.ask(isUrgent: true)).bytes == [139, 2])
        #expect(Message.neighbour(.prune).bytes == [147])
        #expect(
            Message.neighbour(.news([.init(hops: 3, record: [7, 8])])).bytes
                == [144, 1, 3, 2, 7, 8])
        let key = MessageTests.peer.key
        #expect(
            Message.neighbour(.probe(number: 258, of: key)).bytes
                == [142, 0, 0, 0, 0, 0, 0, 1, 2] + key.bytes)
    }
}
