import Wire

/// A layer whose terms are to be checked against what it is made from.
public struct LicenceChild: Sendable {
    /// Its name, for licences that ask for a prefix.
    public var name: String
    /// Its own terms; nil for none.
    public var declared: LicenceExpression?
    /// Widest visibility that it may ever have.
    public var visibility: Visibility
    /// What it is made from.
    public var links: [LicenceLink]
    /// Whether it is a trained model, which learned from its data and does not hold them.
    public var isTrained: Bool

    /// A layer.
    public init(
        name: String, declared: LicenceExpression?, visibility: Visibility, links: [LicenceLink],
        isTrained: Bool = false
    ) {
        self.name = name
        self.declared = declared
        self.visibility = visibility
        self.links = links
        self.isTrained = isTrained
    }
}

/// What became of the check of a layer's terms.
public struct LicenceAnswer: Sendable {
    /// The ways to satisfy everything that the layer asks: its own terms joined with those of all
    /// it is made from. Empty only where the check could not be made.
    public let effective: [LicenceTerms]
    /// Why the terms may not stand; nil where they may.
    public let refusal: LicenceRefusal?
    /// What would be refused if data counted as strictly as parents.
    public let warnings: [LicenceRefusal]
    /// Layers that are not known here and data without stated terms, each by its path: nothing
    /// is said about their terms.
    public let unverified: [String]
}

/// How terms pass from what a layer is made from to the layer: the rules that a publisher and
/// every receiving node apply alike.
///
/// The effective terms are the join of the layer's own with those of all ancestors that are
/// known, so that a parent can only add. Pure: ancestors come from a lookup.
public struct LicencePropagation {
    /// What licences ask.
    public let book: LicenceBook
    /// How much data counts.
    public let dataPolicy: DataPolicy
    /// A layer's source, if it is known here.
    public let lookup: (Digest) -> LicenceSource?

    /// A propagation over the layers that `lookup` knows.
    public init(
        book: LicenceBook = .catalogue, dataPolicy: DataPolicy = .strict,
        lookup: @escaping (Digest) -> LicenceSource?
    ) {
        self.book = book
        self.dataPolicy = dataPolicy
        self.lookup = lookup
    }

    /// Whether the layer may bear its terms and visibility.
    public func check(_ child: LicenceChild) -> LicenceAnswer {
        do throws(LicenceRefusal) {
            let walk = try LicenceWalk(
                child.links, isTrained: child.isTrained, followsData: dataPolicy != .off,
                book: book, lookup: lookup)
            let counted = walk.found.filter { dataPolicy == .strict || !$0.isData }
            let check = try LicenceCheck(child, counted, book)
            var warnings: [LicenceRefusal] = []
            if dataPolicy == .warn {
                let whole = try LicenceCheck(child, walk.found, book)
                warnings = [whole.refusal()].compactMap { $0 }
            }
            let refusal = check.refusal()
            return LicenceAnswer(
                effective: check.effective, refusal: refusal,
                warnings: refusal == nil ? warnings : [],
                unverified: walk.unverified.map { $0.joined(separator: " via ") })
        } catch {
            return LicenceAnswer(effective: [], refusal: error, warnings: [], unverified: [])
        }
    }
}
