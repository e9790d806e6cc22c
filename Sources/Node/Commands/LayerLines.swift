import Genome
import Wire

/// What `show` prints of a layer's needs, members and claims.
enum LayerLines {
    private static let rowsMax = 40

    static func lines(_ layer: JSONObject) -> [String] {
        members(layer["manifest"]?["assembly"]) + needs(layer["dependencies"])
            + claims(layer["claims"])
    }

    private static func members(_ assembly: JSONValue?) -> [String] {
        var lines = (assembly?["layers"]?.array ?? []).map { member in
            "  member      \(short(member["layer"])) × \(member["weight"]?.string ?? "1")"
        }
        lines += (assembly?["connections"]?.array ?? []).prefix(rowsMax).map { connection in
            let strength = connection["strength"]?.string.map { " \($0)" } ?? ""
            return "  connects    \(short(connection["fromLayer"])) → "
                + "\(short(connection["toLayer"])) \(text(connection["connectionType"]))\(strength)"
        }
        return lines
    }

    private static func needs(_ needs: JSONValue?) -> [String] {
        var lines = (needs?["lock"]?.array ?? []).prefix(rowsMax).map { row in
            let isHere = row["held"]?.bool == true
            let title = text(row["ref"]).isEmpty ? short(row["layer"]) : text(row["ref"])
            return "  needs       \(title), \(isHere ? "here" : "not here")"
        }
        lines += (needs?["leftOut"]?.array ?? []).map { "  could use   \(text($0))" }
        lines += (needs?["warnings"]?.array ?? []).map { "  beware      \(text($0))" }
        let core = needs?["unsatisfiable"]?.array ?? []
        if !core.isEmpty { lines.append("  needs       what cannot be had together:") }
        lines += core.map { "              \(text($0))" }
        let cycle = (needs?["cycle"]?.array ?? []).map { text($0) }
        if !cycle.isEmpty { lines.append("  circle      \(cycle.joined(separator: " → "))") }
        if let why = needs?["tooHard"]?.string {
            lines.append("  needs       could not be worked out: \(PlainText.shown(why))")
        }
        return lines
    }

    private static func claims(_ claims: JSONValue?) -> [String] {
        (claims?.array ?? []).prefix(rowsMax).map { claim in
            let keys = (claim["by"]?.array ?? []).map { String(text($0).prefix(8)) }
            let standing =
                keys.isEmpty ? "claimed" : "certified by \(keys.joined(separator: ", "))"
            return "  \(text(claim["kind"]))  \(text(claim["text"])) (\(standing))"
        }
    }

    private static func text(_ value: JSONValue?) -> String {
        PlainText.shown(value?.string ?? "")
    }

    private static func short(_ value: JSONValue?) -> String { String(text(value).prefix(16)) }
}
