import Genome

/// OSADL's matrix as committed, and the table of differences from it.
struct LicencePairs {
    /// A pair on which the answers differ, with both.
    struct Difference: Hashable, CustomStringConvertible {
        let inbound: String
        let outbound: String
        let theirs: String
        let ours: String

        var description: String { "\(inbound) in \(outbound): \(theirs), here \(ours)" }
    }

    /// Pairs that differ for one reason.
    struct Group {
        let reason: String
        let pairs: [Difference]
    }

    let names: [String]
    private let rows: [String: [String: String]]

    init() throws {
        let json = try VectorFile.json("licence-pairs.json")
        let names = (json["licences"]?.array ?? []).compactMap(\.string)
        let lines = (json["rows"]?.array ?? []).compactMap(\.string)
        var rows: [String: [String: String]] = [:]
        for (outbound, line) in zip(names, lines) {
            rows[outbound] = Dictionary(
                uniqueKeysWithValues: zip(names, line).map { ($0, String($1)) })
        }
        self.names = names
        self.rows = rows
    }

    private func ours(_ inbound: String, _ outbound: String) -> String {
        let verdict = LicenceCompatibility.verdict(inbound: inbound, outbound: outbound)
        return String(verdict.rawValue.prefix(1))
    }

    /// Every pair on which the two disagree.
    func differences() -> [Difference] {
        names.flatMap { outbound in
            names.compactMap { inbound in
                let theirs = rows[outbound]?[inbound] ?? ""
                let ours = ours(inbound, outbound)
                guard theirs != ours else { return nil }
                return Difference(
                    inbound: inbound, outbound: outbound, theirs: theirs, ours: ours)
            }
        }
    }

    /// The committed table. `*` as outbound stands for all about which the matrix says the letter
    /// that is given as theirs.
    func groups() throws -> [Group] {
        try (VectorFile.json("licence-differences.json").array ?? []).map { json in
            func texts(_ name: String) -> [String] {
                (json[name]?.array ?? []).compactMap(\.string)
            }
            let theirs = json["theirs"]?.string ?? ""
            let ours = json["ours"]?.string ?? ""
            let pairs = texts("inbound").flatMap { inbound in
                let given = texts("outbound")
                let outbound =
                    given == ["*"] ? names.filter { rows[$0]?[inbound] == theirs } : given
                return outbound.map {
                    Difference(inbound: inbound, outbound: $0, theirs: theirs, ours: ours)
                }
            }
            return Group(reason: json["reason"]?.string ?? "", pairs: pairs)
        }
    }

    /// Every pair of the committed table.
    func listed() throws -> [Difference] { try groups().flatMap(\.pairs) }
}
