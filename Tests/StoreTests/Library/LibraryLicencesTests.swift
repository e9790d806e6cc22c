import Genome
import Host
import Testing
import Wire

@testable import Store

@Suite("Documents of terms in the store")
struct LibraryLicencesTests {
    private let fixture: LibraryFixture
    private let key = Fixture.key(5)

    init() throws { fixture = try LibraryFixture() }

    private func mapping(_ sequence: UInt64, by key: SigningKey) throws -> Envelope {
        try LicenceMapping.make(
            steward: key.publicKey, sequence: sequence, issued: 5,
            licences: [("LicenseRef-A", .unknown, nil, "v\(sequence)")]
        ).signed(by: key)
    }

    private func stub(_ layer: UInt8, _ issued: Int64, by key: SigningKey) throws -> Envelope {
        try LicenceStub.make(
            publisher: key.publicKey, layer: Blake3.hash([layer]), stated: .terms(.none),
            widestChild: .public, issued: issued
        ).signed(by: key)
    }

    @Test func `are kept, the newest of each, and come back from the journal`() throws {
        let other = Fixture.key(6)
        let library = { self.fixture.library }
        try library().add(licenceDocument: try mapping(1, by: key))
        try library().add(licenceDocument: try mapping(2, by: key))
        #expect(throws: StoreError.self) {
            try library().add(licenceDocument: try mapping(1, by: key))
        }
        // The same again changes nothing.
        let entries = library().journal.count
        try library().add(licenceDocument: try mapping(2, by: key))
        #expect(library().journal.count == entries)
        try library().add(licenceDocument: try mapping(1, by: other))
        try library().add(licenceDocument: try stub(1, 5, by: key))
        try library().add(licenceDocument: try stub(2, 5, by: key))
        try library().setSteward(key.publicKey, isTrusted: true)
        try library().setSteward(other.publicKey, isTrusted: true)
        try library().setSteward(other.publicKey, isTrusted: false)
        try library().setPolicy("data-terms", "warn")
        func check() throws {
            let index = library().index
            #expect(try index.licenceDocuments().count == 4)
            #expect(try index.stewards() == [key.publicKey])
            #expect(try index.policy("data-terms") == "warn")
            let layer = Blake3.hash([1])
            #expect(try index.stub(of: layer, by: [key.publicKey])?.layer == layer)
            #expect(try index.stub(of: layer, by: [other.publicKey]) == nil)
            let orders = try index.licenceDocuments().map(\.document.order).sorted()
            #expect(orders == [1, 2, 5, 5])
        }
        try check()
        try fixture.restart(LibraryFixture.loseIndex)
        try check()
        try fixture.restart { try Directory.removeTree($0.journal) }
        try fixture.restart(LibraryFixture.loseIndex)
        try check()
    }

    @Test func `are refused with another's signature`() throws {
        let document = try mapping(1, by: key)
        let forged = Envelope.signed(
            document.payload, type: document.payloadType, by: Fixture.key(6))
        #expect(throws: StoreError.self) { try fixture.library.add(licenceDocument: forged) }
        #expect(try fixture.library.index.licenceDocuments().isEmpty)
    }
}
