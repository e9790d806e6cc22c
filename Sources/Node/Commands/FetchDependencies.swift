import Genome
import Host
import Wire

/// What a fetched layer needs besides: told, or fetched after it.
enum FetchDependencies {
    /// Rounds of asking: what a layer needs is only known when it is here.
    private static let roundsMax = DependencyResolver.layersMax

    /// Fetches what is missing, layer after layer, until nothing is; the answer tells what came.
    static func fetch(
        _ answer: inout JSONObject, _ access: Access, _ report: Report,
        _ fetch: (JSONObject) throws(Failure) -> JSONObject
    ) throws(Failure) {
        var question = JSONObject()
        question["layer"] = answer["layer"]
        var fetched: [JSONValue] = []
        var told: JSONValue?
        for _ in 0..<roundsMax {
            let needs = try access.ask("dependencies", question)["dependencies"]
            answer["dependencies"] = needs
            try requireLock(needs)
            let missing = needs?["missing"]?.array ?? []
            guard let next = missing.first?["layer"] else { break }
            if needs != told { report.note("it needs \(words(missing)) besides") }
            told = needs
            guard !fetched.contains(next) else {
                throw Failure(
                    .internal, "layer \(next.string ?? "") came and is missing all the same")
            }
            var object = JSONObject()
            object["layer"] = next
            _ = try fetch(object)
            fetched.append(next)
        }
        answer["fetched"] = .array(fetched)
    }

    private static func requireLock(_ needs: JSONValue?) throws(Failure) {
        let core = (needs?["unsatisfiable"]?.array ?? []).compactMap(\.string)
        guard core.isEmpty else {
            throw Failure(
                .refused, "what the layer needs cannot be had together",
                why: core.joined(separator: "; "),
                remedy: "wait for news of other versions: plasmid find --wait 10")
        }
        if let why = needs?["tooHard"]?.string {
            throw Failure(.refused, "what the layer needs could not be worked out", why: why)
        }
    }

    /// Whether what is missing is wanted too, asked of a person at a terminal who did not say.
    static func isWanted(_ answer: JSONObject, _ report: Report) -> Bool {
        let missing = answer["dependencies"]?["missing"]?.array ?? []
        guard !missing.isEmpty, Machine.isTerminal(0), Machine.isTerminal(2), !report.isJSON
        else { return false }
        let list = missing.map { "  \(title($0))\n" }.joined()
        let question = "Fetch \(missing.count == 1 ? "it" : "them") too? [y/N] "
        Machine.write("It needs \(words(missing)) besides:\n\(list)\(question)", to: 2)
        return readLine(strippingNewline: true)?.lowercased() == "y"
    }

    /// How many layers, and how large as far as that is known.
    static func words(_ missing: [JSONValue]) -> String {
        let sizes = missing.compactMap { $0["size"]?.integer }
        let sum = Sizes.text(UInt64(max(0, sizes.reduce(0, +))))
        let count = "\(missing.count) layer\(missing.count == 1 ? "" : "s")"
        guard !sizes.isEmpty else { return count }
        return count + (sizes.count == missing.count ? " of \(sum)" : " of \(sum) or more")
    }

    /// A missing layer's name, or the layer, and its size as far as that is known.
    private static func title(_ row: JSONValue) -> String {
        let name = row["ref"]?.string ?? ""
        let title = name.isEmpty || name == "base" ? row["layer"]?.string ?? "" : name
        let size = row["size"]?.integer.map { ", " + Sizes.text(UInt64(max(0, $0))) } ?? ""
        return PlainText.shown(title) + (name == "base" ? " (its base)" : "") + size
    }

    /// For people: what came with it, or what is missing and how to get it.
    static func lines(_ answer: JSONObject) -> [String] {
        let fetched = answer["fetched"]?.array ?? []
        let missing = answer["dependencies"]?["missing"]?.array ?? []
        var lines = fetched.map { "  with it    layer \($0.string?.prefix(16) ?? "")" }
        lines += missing.map { "  missing    \(title($0))" }
        if !missing.isEmpty {
            lines.append("  fetch them too with: --with-dependencies")
        }
        for line in answer["dependencies"]?["unsatisfiable"]?.array ?? [] {
            lines.append("  needs      \(PlainText.shown(line.string ?? ""))")
        }
        return lines
    }
}
