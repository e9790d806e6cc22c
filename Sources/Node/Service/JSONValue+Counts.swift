import Genome

/// Counts in answers.
extension JSONValue {
    /// A count: what JSON's integers do not hold is their largest.
    static func count(_ number: UInt64) -> JSONValue { .integer(Int64(clamping: number)) }

    /// Counts by name, in their order.
    static func counts(_ figures: [(String, UInt64)]) -> JSONValue {
        .object(JSONObject(figures.map { .init(name: $0.0, value: .count($0.1)) }))
    }

    /// Counts up to each of `limits`, and behind them that of all beyond: `more`.
    static func counts(_ counts: [UInt64], upTo limits: [UInt64]) -> JSONValue {
        .counts(Array(zip(limits.map { "\($0)" } + ["more"], counts)))
    }
}
