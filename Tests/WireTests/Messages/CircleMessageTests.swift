import Testing
import Wire

@Suite struct CircleMessageTests {
    private let circle: CircleDomain

    init() throws {
        circle = try #require(CircleDomain(bytes: (0..<16).map { UInt8($0) }))
    }

    @Test func `the bytes are those of Judges/neighbours.py, both ways`() throws {
        let file = try VectorFile.object("neighbours.json")
        let rows = try #require(file["circles"] as? [[String: Any]])
        #expect(rows.count == 6)
        for row in rows {
            let bytes = try VectorFile.bytes(row["bytes"])
            let message = try Message(bytes: bytes)
            #expect(message.bytes == bytes)
            guard case .circle(let said) = message else {
                Issue.record("\(row["kind"] ?? "")")
                continue
            }
            #expect(Hexadecimal.encode(said.circle.bytes) == row["circle"] as? String)
            let kind =
                switch said.word {
                case .join: "join"
                case .news: "news"
                case .haves: "haves"
                case .graft: "graft"
                case .prune: "prune"
                }
            #expect(kind == row["kind"] as? String)
        }
    }

    @Test func `the bytes are those of the page`() {
        let head = [200] + circle.bytes
        #expect(Message.circle(.init(circle, .join)).bytes == head + [0])
        #expect(Message.circle(.init(circle, .prune)).bytes == head + [147])
        #expect(
            Message.circle(.init(circle, .news([.init(hops: 3, record: [7, 8])]))).bytes
                == head + [144, 1, 3, 2, 7, 8])
    }

    @Test func `the largest of each fit one frame`() {
        let record = [UInt8](repeating: 1, count: Limits.recordBytesMax)
        let largest: [CircleMessage.Word] = [
            .news(
                .init(repeating: .init(hops: 1, record: record), count: Limits.recordsPerMessageMax)
            ),
            .haves(
                .init(
                    repeating: .init(hops: 1, name: NewsName(of: record)),
                    count: NeighbourMessage.havesMax)),
        ]
        for word in largest {
            #expect(
                Message.circle(.init(circle, word)).bytes.count <= Limits.recordPayloadMax)
        }
    }

    @Test func `a short tag, a word about anything else, and what follows are refused`() {
        #expect(throws: WireError.truncated) { try Message(bytes: [200, 1, 2, 3]) }
        for kind: UInt8 in [1, 139, 140, 142, 255] {
            let tail: [UInt8] =
                kind == 139 ? [1] : kind == 142 ? [UInt8](repeating: 0, count: 40) : []
            #expect(throws: (any Error).self) {
                try Message(bytes: [200] + circle.bytes + [kind] + tail)
            }
        }
        #expect(throws: WireError.trailingBytes) {
            try Message(bytes: [200] + circle.bytes + [0, 0])
        }
        #expect(CircleMessage.Word(.accept) == nil)
    }
}
