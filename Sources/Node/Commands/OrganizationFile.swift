import Genome
import Host
import Store
import Wire

/// A file with documents of an organisation, as it goes from hand to hand.
enum OrganizationFile {
    /// Longest file: roots, a revocation list and a few hundred memberships.
    private static let bytesMax = 64 << 20

    /// Its documents, each an envelope.
    static func documents(_ path: String) throws(Failure) -> JSONValue {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try File(path, .read).readAll(limit: bytesMax)
        } catch {
            throw Failure(
                .notFound, "\(PlainText.shown(path)) cannot be read: \(error.reason)")
        }
        let limits = JSONLimits(bytes: bytesMax, depth: 4, values: 100_000)
        guard let value = try? JSONParser.parse(bytes, limits: limits),
            let documents = value["documents"]?.array
        else {
            throw Failure(
                .refused, "\(PlainText.shown(path)) holds no documents of an organisation",
                remedy: "make such a file with: plasmid org export ORG --out FILE")
        }
        return .array(documents)
    }

    /// Writes the documents of an answer, whole or not at all, over what is there, for the same
    /// users: each signer hands on the same file.
    static func replace(_ path: String?, _ answer: JSONObject) throws(Failure) {
        guard let path, let documents = answer["documents"] else { return }
        var object = JSONObject()
        object["documents"] = documents
        // A name of its own: what a crash left behind is in nobody's way.
        let temporary = "\(path).\(Hexadecimal.encode(Sodium.random(count: 8))).new"
        let file = try NewFile(temporary)
        do throws(Failure) {
            if let standing = try? File.facts(of: path) {
                try file.setMode(standing.mode & 0o777)
            }
            try file.write(Report.line(object) + "\n")
            try Self.rename(temporary, path)
        } catch {
            file.discard()
            throw error
        }
    }

    private static func rename(_ temporary: String, _ path: String) throws(Failure) {
        do throws(SystemError) {
            try Directory.rename(temporary, to: path)
        } catch {
            throw Failure(.internal, "writing \(path) failed", why: error.reason)
        }
    }

    /// Whose word a document is, about whom by name, and for how long it stands.
    private static func occasion(_ document: JSONValue?) -> [String] {
        var lines = ["  in the name of \(document?["organization"]?.string ?? "")"]
        if let label = document?["label"]?.string {
            lines.append("  called \(PlainText.shown(label))")
        }
        if let expires = document?["expires"]?.integer {
            let now = Int64(Clock.wallMilliseconds() / 1_000)
            lines.append(
                "  until \(expires) (seconds since 1970), "
                    + (expires > now ? "\(Ages.text(expires - now)) from now" : "which is over"))
        }
        return lines
    }

    /// What a document says and what it still needs, for whoever is asked to sign it.
    static func lines(_ row: JSONValue) -> [String] {
        let document = row["document"]
        var lines: [String] = []
        switch row["kind"]?.string {
        case "root":
            lines.append(
                "root \(document?["version"]?.integer ?? 0) of "
                    + PlainText.shown(document?["name"]?.string ?? ""))
            lines += occasion(document)
            for key in document?["keys"]?.array ?? [] {
                let roles = (key["roles"]?.array ?? []).compactMap(\.string)
                lines.append(
                    "  key \(key["key"]?.string ?? "")  " + roles.joined(separator: ",") + "  "
                        + PlainText.shown(key["label"]?.string ?? ""))
            }
            for (role, count) in OrganizationRole.allCases.compactMap({ role in
                document?["thresholds"]?[role.rawValue]?.integer.map { (role.rawValue, $0) }
            }) {
                lines.append("  \(role): \(count) must sign")
            }
        case "membership":
            let rights = (document?["rights"]?.array ?? []).compactMap(\.string)
            lines.append(
                "membership of \(document?["member"]?.string ?? "") to "
                    + rights.joined(separator: ","))
            lines += occasion(document)
        default:
            lines.append("revocation list \(document?["version"]?.integer ?? 0), without")
            for key in document?["keys"]?.array ?? [] { lines.append("  \(key.string ?? "")") }
            for digest in document?["memberships"]?.array ?? [] {
                lines.append("  membership \(digest.string ?? "")")
            }
            lines += occasion(document)
        }
        for need in row["needs"]?.array ?? [] {
            lines.append(
                "  signed by \(need["signed"]?.array?.count ?? 0) of the "
                    + "\(need["wanted"]?.integer ?? 0) \(need["role"]?.string ?? "") keys that "
                    + "root \(need["root"]?.integer ?? 0) asks for")
        }
        lines.append(
            row["complete"]?.bool == true
                ? "  complete: take it with plasmid org import FILE" : "  not complete yet")
        return lines
    }
}
