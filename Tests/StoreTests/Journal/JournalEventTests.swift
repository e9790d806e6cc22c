import Testing
import Wire

@testable import Store

@Suite struct JournalEventTests {
    @Test func `an entry is canonical JSON`() {
        let event = JournalEvent(
            JournalDraft(
                laidOut: .trust(key: Fixture.key(1).publicKey, isTrusted: false), time: 5),
            sequence: 3)
        let text = String(decoding: event.bytes, as: UTF8.self)
        let key = Fixture.key(1).publicKey.base32
        #expect(text == #"{"key":"\#(key)","kind":"trust","seq":3,"time":5,"trusted":false}"#)
        #expect(JournalEvent(bytes: event.bytes) == event)
    }

    @Test func `a statement stands in it as its envelope's text`() {
        let change = JournalChange.statement(
            layer: Digest(words: (1, 2, 3, 4)), envelope: Array(#"{"a":"b"}"#.utf8))
        let event = JournalEvent(JournalDraft(laidOut: change, time: 0), sequence: 1)
        #expect(
            String(decoding: event.bytes, as: UTF8.self).contains(#""envelope":"{\"a\":\"b\"}""#))
        #expect(JournalEvent(bytes: event.bytes)?.change == change)
    }

    @Test func `a receipt stands in it as base64, with the word whether others may know`() {
        let event = JournalEvent(
            JournalDraft(laidOut: .receipt([1, 2, 3], isPublic: true), time: 0), sequence: 1)
        #expect(
            String(decoding: event.bytes, as: UTF8.self)
                == #"{"kind":"receipt","public":true,"receipt":"AQID","seq":1,"time":0}"#)
        #expect(JournalEvent(bytes: event.bytes) == event)
    }

    @Test func `stewards and documents of terms stand in it`() {
        let key = Fixture.key(1).publicKey
        for (change, text) in [
            (
                JournalChange.steward(key: key, isTrusted: true),
                #"{"key":"\#(key.base32)","kind":"steward","seq":1,"time":0,"trusted":true}"#
            ),
            (
                .licence(envelope: Array(#"{"a":1}"#.utf8)),
                #"{"envelope":"{\"a\":1}","kind":"licence","seq":1,"time":0}"#
            ),
        ] {
            let event = JournalEvent(JournalDraft(laidOut: change, time: 0), sequence: 1)
            #expect(String(decoding: event.bytes, as: UTF8.self) == text)
            #expect(JournalEvent(bytes: event.bytes)?.change == change)
        }
    }

    @Test func `a kind of a newer program is kept without meaning, other bytes are no entry`() {
        let newer = Array(#"{"kind":"contract","seq":1,"time":0}"#.utf8)
        #expect(JournalEvent(bytes: newer)?.sequence == 1)
        #expect(JournalEvent(bytes: newer)?.change == nil)
        for text in [
            "", "{}", #"{"kind":"pin","seq":0,"time":0}"#, #"{"seq":1,"kind":"pin","time":0}"#,
            #"{"kind":"pin","seq":1,"time":-1}"#, #"{"kind":"pin","layer":"q","seq":1,"time":1}"#,
        ] {
            #expect(JournalEvent(bytes: Array(text.utf8)) == nil, "\(text)")
        }
    }
}
