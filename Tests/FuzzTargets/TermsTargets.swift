import Genome
import Wire

extension FuzzTarget {
    static let terms: [FuzzTarget] = [licenceMapping, licenceStub]

    private static let hash = Blake3.hash([1]).hexadecimal

    private static func canonical(_ text: String) -> [UInt8] {
        guard
            let value = try? JSONParser.parse(
                Array(text.utf8), limits: JSONLimits(bytes: 1 << 16))
        else { preconditionFailure("a sample is JSON") }
        return CanonicalJSON.write(value)
    }

    private static let licenceMapping = FuzzTarget(
        "FuzzLicenceMapping",
        seeds: [
            canonical(
                """
                {"mapping":1,"steward":"\(Samples.publisher)","sequence":2,"issued":5,"expires":9,
                "licences":[
                {"id":"LicenseRef-A","terms":{"asks":["researchOnly"],"caps":["9 users"],
                "derivedOnly":["LicenseRef-A"]},"text":"\(hash)","words":"w"},
                {"id":"LicenseRef-B","terms":{"useRestrictions":["p"],"namePrefixes":["B"],
                "derivedNever":["GPL-3.0-only"]}}]}
                """)
        ]
    ) { input in
        guard let mapping = try? LicenceMapping.decode(input) else { return }
        precondition(mapping.bytes == input, "a mapping changes when read")
        let licences = mapping.entries.map { ($0.id, $0.terms, $0.text, $0.words) }
        let again = try? LicenceMapping.make(
            steward: mapping.steward, sequence: mapping.sequence, issued: mapping.issued,
            expires: mapping.expires, licences: licences)
        precondition(
            again?.entries.map(\.terms) == mapping.entries.map(\.terms),
            "terms change when written")
        let book = LicenceBook(mappings: [mapping])
        for entry in mapping.entries {
            precondition(
                book.terms(of: entry.id).isAtLeastAsStrict(as: entry.terms), "terms get weaker")
        }
    }

    private static let licenceStub = FuzzTarget(
        "FuzzLicenceStub",
        seeds: [
            canonical(
                """
                {"stub":1,"publisher":"\(Samples.publisher)","layer":"\(hash)","issued":5,
                "expression":"CC-BY-NC-4.0 OR LicenseRef-A","widestChild":"whitelist"}
                """),
            canonical(
                """
                {"stub":1,"publisher":"\(Samples.publisher)","layer":"\(hash)","issued":5,
                "terms":{"asks":["nonCommercial"],"derivedOnly":[]},"widestChild":"private"}
                """),
        ]
    ) { input in
        guard let stub = try? LicenceStub.decode(input) else { return }
        precondition(stub.bytes == input, "a stub changes when read")
        let again = try? LicenceStub.make(
            publisher: stub.publisher, layer: stub.layer, stated: stub.stated,
            widestChild: stub.widestChild, issued: stub.issued)
        precondition(again?.layer == stub.layer, "a stub is refused when written")
        let source = stub.source(label: "p")
        let link = LicenceLink(.parent, .stated(source))
        let answer = LicencePropagation { _ in nil }.check(
            LicenceChild(name: "x", declared: nil, visibility: .private, links: [link]))
        precondition(answer.refusal == nil, "a private layer without terms is refused")
    }
}
