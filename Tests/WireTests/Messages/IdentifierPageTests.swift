import Testing
import Wire

@Suite struct IdentifierPageTests {
    @Test func `ids must rise and an empty page must be the last`() throws {
        let ids = [Blake3.hash([1]), Blake3.hash([2])].sorted()
        let wrong = IdentifierPage(ids: ids.reversed(), isLast: true)
        #expect(throws: WireError.notCanonical) {
            try Message(bytes: Message.identifiers(wrong).bytes)
        }
        let empty = IdentifierPage(ids: [], isLast: false)
        #expect(throws: WireError.invalid("page")) {
            try Message(bytes: Message.identifiers(empty).bytes)
        }
        let right = IdentifierPage(ids: ids, isLast: true)
        #expect(try Message(bytes: Message.identifiers(right).bytes) == .identifiers(right))
    }
}
