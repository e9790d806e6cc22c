import Genome
import Wire

extension FuzzTarget {
    static let query: [FuzzTarget] = [layerQuery]

    private static let layer = DescribedLayer(
        content: {
            var content = LayerContent(
                layer: Blake3.hash([1]), manifestSize: 1, type: "lora", name: "psalms",
                version: "1.0.0", licence: "MIT", size: 7, files: 1)
            content.tags = ["bible"]
            content.rank = 8
            content.language = "de-CH"
            return content
        }(), publisher: Samples.key.publicKey)

    private static let layerQuery = FuzzTarget(
        "FuzzLayerQuery",
        seeds: [
            #"{"all":[{"text":"king psal"},{"type":"lora"},{"rank":{"min":4,"max":64}}]}"#,
            #"{"all":[{"any":[{"tag":"bible"},{"tag":"b"}]},{"size":{"max":9}}],"limit":7}"#,
            #"{"all":[{"licence":"MIT OR Apache-2.0"},{"licenceClass":"permissive"}]}"#,
            #"{"all":[{"language":"de"},{"name":"psalms"}],"after":"12","limit":100}"#,
            """
            {"all":[{"base":"\(Blake3.hash([1]).hexadecimal)"},{"publisher":"\(Samples.publisher)"},
            {"organization":"\(Samples.publisher)"}]}
            """,
        ].map { Array($0.utf8) }
    ) { input in
        guard let query = try? LayerQuery.decode(input) else { return }
        precondition(query.limit <= QueryLimits.pageMax, "a page is too long")
        precondition(query.all.count <= QueryLimits.predicatesMax, "too many conditions")
        let again = try? LayerQuery.decode(CanonicalJSON.write(query.json))
        // Numbers above 2^53 are no whole numbers in every JSON reader.
        precondition(again == query || hasLargeNumber(query), "a search changes when written")
        precondition(again == nil || again?.matches(layer) == query.matches(layer))
    }

    private static func hasLargeNumber(_ query: LayerQuery) -> Bool {
        func isLarge(_ predicate: LayerPredicate) -> Bool {
            switch predicate {
            case .rank(let range), .size(let range):
                [range.lowerBound, range.upperBound].contains { $0 > 1 << 53 && $0 < .max }
            case .any(let options): options.contains { isLarge($0) }
            default: false
            }
        }
        return query.all.contains { isLarge($0) }
    }
}
