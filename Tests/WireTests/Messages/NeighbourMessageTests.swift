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

    @Test func `the bytes are those of Judges/neighbours.py, both ways`() throws {
        let file = try VectorFile.object("neighbours.json")
        let rows = try #require(file["messages"] as? [[String: Any]])
        #expect(rows.count == 14)
        for row in rows {
            let bytes = try VectorFile.bytes(row["bytes"])
            let message = try Message(bytes: bytes)
            #expect(message.bytes == bytes)
            guard case .neighbour(let word) = message else {
                Issue.record("\(row["kind"] ?? "")")
                continue
            }
            switch word {
            case .ask(let isUrgent):
                #expect(row["kind"] as? String == (isUrgent ? "askUrgently" : "ask"))
            case .refuse(let peers), .leave(let peers), .shuffleAnswer(_, let peers):
                try compare(peers, row)
            case .shuffle(let number, let hopsLeft, let peers):
                #expect(number == 1 << 63 && hopsLeft == 6)
                try compare(peers, row)
            case .probe(let number, let key):
                #expect(number == 5)
                #expect(Hexadecimal.encode(key.bytes) == row["of"] as? String)
            case .probeAnswer(_, let outcome): #expect(outcome == .silent)
            case .news(let items):
                let all = try #require(row["items"] as? [[Any]])
                #expect(items.map { Hexadecimal.encode($0.record) } == all.map { $0[1] as? String })
                #expect(items.map { Int($0.hops) } == all.map { $0[0] as? Int })
            case .haves(let haves):
                #expect(haves.map(\.name) == [NewsName(of: [1, 2]), NewsName(of: [])])
            case .graft(let names):
                let record = [UInt8](repeating: 0xab, count: 300)
                #expect(names.isEmpty || names == [NewsName(of: record)])
            case .accept, .prune: #expect(bytes.count <= 2)
            }
        }
    }

    private func compare(_ peers: [PeerAddress], _ row: [String: Any]) throws {
        let said = try #require(row["peers"] as? [[String: Any]])
        #expect(peers.map { Hexadecimal.encode($0.key.bytes) } == said.map { $0["key"] as? String })
        for (peer, said) in zip(peers, said) {
            let endpoints = try #require(said["endpoints"] as? [[Any]])
            #expect(
                peer.endpoints.map { Hexadecimal.encode($0.bytes) }
                    == endpoints.map { $0[0] as? String })
            #expect(peer.endpoints.map { Int($0.port) } == endpoints.map { $0[1] as? Int })
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
