import Genome
import Testing

@Suite("Kinds of statements")
struct StatementKindTests {
    @Test("all have a body with at least one required member")
    func bodies() {
        #expect(StatementKind.allCases.count == 14)
        for kind in StatementKind.allCases {
            #expect(kind.fields.contains { $0.isRequired }, "\(kind)")
        }
    }

    @Test("control is the publisher's, reports are anyone's")
    func owners() {
        #expect(StatementKind.withdrawal.isPublishersAlone)
        #expect(StatementKind.grant.isPublishersAlone)
        #expect(!StatementKind.review.isPublishersAlone)
        #expect(!StatementKind.acceptance.isPublishersAlone)
    }
}
