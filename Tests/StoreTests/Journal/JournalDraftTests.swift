import Genome
import Testing
import Wire

@testable import Store

@Suite struct JournalDraftTests {
    private static let layer = Blake3.hash([1])
    private static let key = Fixture.key(1).publicKey
    private static let envelope = Array(#"{"seq":1,"time":2,"kind":"x"}"#.utf8)
    private static let changes: [JournalChange] = [
        .share(layer: layer, signatures: []), .fetch(layer: layer, signatures: []),
        .pin(layer: layer), .unpin(layer: layer), .remove(layer: layer),
        .trust(key: key, isTrusted: true), .steward(key: key, isTrusted: false),
        .licence(envelope: envelope), .policy(name: "seq", value: #"{"seq":9}"#),
        .statement(layer: layer, envelope: envelope), .organization(key, envelope: envelope),
        .hold(layer, envelope: envelope), .holdComplete(layer), .holdEnd(layer), .leave(key),
        .receipt([1, 2, 3], isPublic: true),
        .access(segment: 3, count: 4, root: layer),
    ]

    @Test(arguments: changes)
    func `with a number it is the canonical entry of its change`(_ change: JournalChange) throws {
        let draft = try JournalDraft(change, time: 5)
        for sequence in [1, 10, UInt64(1 << 53) - 1] {
            let read = try #require(JournalEvent(bytes: draft.bytes(sequence)))
            #expect(read == JournalEvent(draft, sequence: sequence))
            #expect(read.change == change && read.sequence == sequence && read.time == 5)
        }
    }

    @Test func `an entry fits with any number, or is refused with the limit`() throws {
        func draft(_ count: Int) throws -> JournalDraft {
            try JournalDraft(
                .policy(name: "n", value: String(repeating: "a", count: count)), time: 1)
        }
        let empty = try draft(0).bytes(UInt64(Int64.max)).count
        let longest = try draft(JournalEvent.bytesMax - empty)
        #expect(longest.bytes(UInt64(Int64.max)).count == JournalEvent.bytesMax)
        let error = #expect(throws: StoreError.self) {
            try draft(JournalEvent.bytesMax - empty + 1)
        }
        #expect(error.map { "\($0)" }?.contains("65535") == true)
    }
}
