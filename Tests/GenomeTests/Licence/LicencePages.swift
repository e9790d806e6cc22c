import Genome

/// The generated parts of the page on terms.
enum LicencePages {
    static func bits() -> [String] {
        ["| name | kind | meaning |", "| --- | --- | --- |"]
            + LicenceBit.allCases.map {
                "| `\($0.rawValue)` | \($0.isDuty ? "duty" : "restriction") | \($0.meaning) |"
            }
    }

    static func rules() -> [String] {
        ["| rule | asks |", "| --- | --- |"]
            + LicenceRule.allCases.map { "| `\($0.rawValue)` | \($0.meaning) |" }
    }

    /// The whole table: what each licence asks, and what a work made from one may bear.
    static func licences() -> [String] {
        let head = [
            "\(LicenceCatalogue.entries.count) licences.", "",
            "| licence | in a phrase | commercial use | asks | derived works |",
            "| --- | --- | --- | --- | --- |",
        ]
        return head + LicenceCatalogue.entries.map { row($0) }
    }

    private static func row(_ entry: LicenceCatalogue.Entry) -> String {
        let terms = LicenceCatalogue.terms(of: entry.id) ?? .none
        var asks = terms.bits.sorted().map { "`\($0.rawValue)`" }
        asks += terms.useRestrictions.sorted()
        asks += terms.caps.sorted()
        asks += terms.namePrefixes.sorted().map { "names begin \($0)" }
        let derived: String
        switch terms.derived {
        case .anyBut(let refused): derived = refused.isEmpty ? "any" : "any but \(refused.count)"
        case .only(let allowed):
            let others = allowed.subtracting([entry.id]).sorted().joined(separator: ", ")
            derived = "\(entry.reach.rawValue): itself" + (others.isEmpty ? "" : ", \(others)")
        }
        let use: String
        switch terms.commercialUse {
        case .yes?: use = "yes"
        case .no?: use = "no"
        case .conditional?: use = "within bounds"
        case nil: use = "not known"
        }
        return "| `\(entry.id)` | \(entry.words) | \(use) | \(asks.joined(separator: ", ")) "
            + "| \(derived) |"
    }

    /// The pairs on which OSADL's matrix and we differ, by reason.
    static func differences() throws -> [String] {
        let matrix = try LicencePairs()
        let all = matrix.names.count * matrix.names.count
        let found = matrix.differences()
        let against = found.filter { ["yn", "ny"].contains($0.theirs + $0.ours) }.count
        let head = [
            "\(found.count) of \(all) pairs differ, \(against) of them a yes against a no.", "",
            "| pairs | theirs | ours | part | whole | reason |",
            "| ---: | --- | --- | --- | --- | --- |",
        ]
        return head + (try matrix.groups()).map { row($0) }
    }

    private static func row(_ group: LicencePairs.Group) -> String {
        func names(_ list: [String]) -> String {
            let distinct = Set(list).sorted()
            return distinct.count > 16
                ? "\(distinct.count) licences" : distinct.joined(separator: ", ")
        }
        let first = group.pairs.first
        let columns = [
            "\(group.pairs.count)", first?.theirs ?? "", first?.ours ?? "",
            names(group.pairs.map(\.inbound)), names(group.pairs.map(\.outbound)), group.reason,
        ]
        return "| \(columns.joined(separator: " | ")) |"
    }
}
