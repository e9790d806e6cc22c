import Genome
import Testing
import Wire

@Suite("A stub of a private parent's terms")
struct LicenceStubTests {
    private static let publisher = Fixtures.publisher

    private func stub(
        _ stated: LicenceSource.Stated, widest: Visibility = .organization
    ) throws -> LicenceStub {
        try LicenceStub.make(
            publisher: Self.publisher.publicKey, layer: Fixtures.digest(8), stated: stated,
            widestChild: widest, issued: 5)
    }

    @Test func `a child is checked against it as against the parent`() throws {
        let made = try stub(.expression(try LicenceExpression(parsing: "CC-BY-NC-4.0")))
        let read = try LicenceStub.decode(made.bytes)
        #expect(read.layer == Fixtures.digest(8))
        #expect(read.widestChild == .organization)
        let source = read.source(label: "secret")
        let answer = LicencePropagation { $0 == read.layer ? source : nil }.check(
            LicenceChild(
                name: "x", declared: .licence(id: "MIT", orLater: false),
                visibility: .organization, links: [.parent(8)]))
        #expect(answer.refusal?.origin == "nonCommercial via parent secret")
        let envelope = Envelope.signed(
            made.bytes, type: LicenceStub.payloadType, by: Self.publisher)
        #expect(try LicenceStub.verified(in: envelope).layer == read.layer)
        let forged = Envelope.signed(
            made.bytes, type: LicenceStub.payloadType, by: Fixtures.key(filledWith: 3))
        #expect(Fixtures.fault { _ = try LicenceStub.verified(in: forged) } != nil)
    }

    @Test func `terms without an expression pass through it whole`() throws {
        var draw = LicenceDraw(seed: 11)
        for _ in 0..<300 {
            var terms = draw.terms()
            terms.namePrefixes = Set(terms.namePrefixes.map { "\($0)x" })
            let read = try LicenceStub.decode(try stub(.terms(terms)).bytes)
            guard case .terms(let back) = read.stated else {
                Issue.record("no terms")
                return
            }
            #expect(back == terms)
        }
        let unstated = try LicenceStub.decode(try stub(.nothing).bytes)
        guard case .terms(.unknown) = unstated.stated else {
            Issue.record("not unknown")
            return
        }
    }

    @Test(
        "exactly one of expression and terms, in canonical form",
        arguments: [
            ("", "", 1, "public"), (#""expression":"MIT","#, #""terms":{},"#, 1, "public"),
            (#""expression":"mit","#, "", 1, "public"), (#""expression":"MIT","#, "", 1, "all"),
            (#""expression":"MIT","#, "", 2, "public"),
        ])
    func strict(_ expression: String, _ terms: String, _ version: Int, _ widest: String) {
        let layer = Fixtures.digest(8).hexadecimal
        let key = Self.publisher.publicKey.base32
        let text =
            #"{\#(expression)"issued":1,"layer":"\#(layer)","publisher":"\#(key)","#
            + #""stub":\#(version),\#(terms)"widestChild":"\#(widest)"}"#
        #expect(Fixtures.fault { _ = try LicenceStub.decode(Array(text.utf8)) } != nil)
    }
}
