import Genome
import Testing
import Wire

/// Random terms and family trees, the same for the same seed.
struct LicenceDraw {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 2 &+ 1 }

    /// A number below `bound`.
    mutating func number(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    mutating func one<Element>(of list: [Element]) -> Element { list[number(list.count)] }

    private mutating func some(of list: [String]) -> Set<String> {
        Set(list.filter { _ in number(3) == 0 })
    }

    /// Any terms, from few names so that they often overlap.
    mutating func terms() -> LicenceTerms {
        let bits = LicenceBit.allCases.filter { _ in number(4) == 0 }
        let names = some(of: ["A", "B", "C", "D", "D WITH x"])
        return LicenceTerms(
            bits: Set(bits), useRestrictions: some(of: ["p", "q"]), caps: some(of: ["1", "2"]),
            namePrefixes: some(of: ["L", "M"]),
            derived: number(2) == 0 ? .only(names) : .anyBut(names))
    }

    static let licences = [
        "MIT", "Apache-2.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0",
        "CC-BY-ND-4.0", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "AGPL-3.0-only",
        "LGPL-2.1-or-later", "MPL-2.0", "LicenseRef-Llama-2", "LicenseRef-Llama-3",
        "LicenseRef-Llama-3.1", "LicenseRef-Gemma", "LicenseRef-OpenRAIL",
        "LicenseRef-Mistral-Research",
        "LicenseRef-Our-Own", "CC-BY-NC-SA-4.0",
    ]

    /// An expression of one to three licences.
    mutating func expression() -> LicenceExpression {
        var text = one(of: Self.licences)
        for _ in 0..<number(3) {
            text = "(\(text)) \(one(of: ["AND", "OR"])) \(one(of: Self.licences))"
        }
        return try! LicenceExpression(parsing: text)
    }
}

/// Layers by number, for tests of propagation.
struct FamilyTree {
    private var layers: [Digest: LicenceSource] = [:]

    /// The id of layer `number`.
    static func layer(_ number: UInt8) -> Digest { Fixtures.digest(number) }

    /// Adds layer `number` under a licence, made from others.
    mutating func add(
        _ number: UInt8, _ label: String, _ licence: String?, widest: Visibility = .public,
        _ links: [LicenceLink] = []
    ) throws {
        let stated: LicenceSource.Stated =
            try licence.map { .expression(try LicenceExpression(parsing: $0)) } ?? .nothing
        layers[Self.layer(number)] = LicenceSource(
            label: label, stated: stated, widestChild: widest, links: links)
    }

    /// What becomes of a layer with these terms and links.
    func check(
        _ licence: String?, _ links: [LicenceLink], name: String = "child",
        visibility: Visibility = .public, data: DataPolicy = .strict,
        book: LicenceBook = .catalogue, isTrained: Bool = false
    ) throws -> LicenceAnswer {
        let child = LicenceChild(
            name: name, declared: try licence.map { try LicenceExpression(parsing: $0) },
            visibility: visibility, links: links, isTrained: isTrained)
        let layers = layers
        return LicencePropagation(book: book, dataPolicy: data) { layers[$0] }.check(child)
    }
}

extension LicenceLink {
    static func base(_ number: UInt8) -> LicenceLink {
        LicenceLink(.base, .layer(FamilyTree.layer(number)))
    }

    static func parent(_ number: UInt8) -> LicenceLink {
        LicenceLink(.parent, .layer(FamilyTree.layer(number)))
    }

    static func data(_ number: UInt8) -> LicenceLink {
        LicenceLink(.data, .layer(FamilyTree.layer(number)))
    }
}
