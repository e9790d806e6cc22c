import Genome
import Testing

@Suite("Licence terms are a lattice")
struct LicenceTermsTests {
    @Test func `join is commutative, associative and idempotent, and bounds from above`() {
        var draw = LicenceDraw(seed: 1)
        for _ in 0..<3_000 {
            let (a, b, c) = (draw.terms(), draw.terms(), draw.terms())
            #expect(a.joined(b) == b.joined(a))
            #expect(a.joined(b).joined(c) == a.joined(b.joined(c)))
            #expect(a.joined(a) == a)
            #expect(a.joined(.none) == a)
            #expect(a.joined(b).isAtLeastAsStrict(as: a))
            #expect(a.isAtLeastAsStrict(as: b) == (a.joined(b) == a))
            // The least of all bounds: whatever bounds both bounds their join.
            let bound = a.joined(b).joined(c)
            #expect(bound.isAtLeastAsStrict(as: a.joined(b)))
        }
    }

    @Test func `the order is reflexive, antisymmetric and transitive`() {
        var draw = LicenceDraw(seed: 2)
        var chains = 0
        for _ in 0..<3_000 {
            let (a, b) = (draw.terms(), draw.terms())
            #expect(a.isAtLeastAsStrict(as: a))
            if a.isAtLeastAsStrict(as: b), b.isAtLeastAsStrict(as: a) { #expect(a == b) }
            let (x, y) = (a.joined(b), a.joined(b).joined(draw.terms()))
            if y.isAtLeastAsStrict(as: x), x.isAtLeastAsStrict(as: a) {
                chains += 1
                #expect(y.isAtLeastAsStrict(as: a))
            }
        }
        #expect(chains == 3_000)
    }

    @Test func `more to ask never makes commercial use more allowed`() {
        func freedom(_ answer: LicenceCatalogue.Answer?) -> Int {
            switch answer {
            case .yes?: 3
            case .conditional?: 2
            case nil: 1
            case .no?: 0
            }
        }
        var draw = LicenceDraw(seed: 3)
        for _ in 0..<3_000 {
            let (a, b) = (draw.terms(), draw.terms())
            #expect(freedom(a.joined(b).commercialUse) <= freedom(a.commercialUse))
        }
    }

    @Test func `duties are no restrictions`() {
        #expect(
            !LicenceTerms(bits: [.attribution, .licenceCopy, .needsAcceptance]).hasRestrictions)
        #expect(LicenceTerms(bits: [.nonCommercial]).hasRestrictions)
        #expect(LicenceTerms(caps: ["1"]).hasRestrictions)
        #expect(LicenceTerms(useRestrictions: ["p"]).commercialUse == .conditional)
        #expect(LicenceTerms.unknown.commercialUse == nil)
    }
}
