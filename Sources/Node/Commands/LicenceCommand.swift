import Genome
import Host
import Store
import Wire

/// `plasmid licence`: makes, signs and takes in documents about terms.
enum LicenceCommand {
    private static let actions = ["map", "stub", "waive", "import", "data", "list"]

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let action = arguments.operand(0) ?? ""
        guard actions.contains(action) else {
            throw Failure(
                .usage, "licence cannot \(PlainText.shown(action))",
                remedy: "say one of \(actions.joined(separator: ", "))")
        }
        let word = arguments.operand(1)
        guard action == "list" || word != nil else {
            throw Failure(.usage, "licence \(action) needs to know of what", remedy: "--help")
        }
        var object = JSONObject()
        object["action"] = .string(action)
        switch action {
        case "map":
            object["id"] = word.map { .string($0) }
            object["terms"] = try terms(arguments)
            object["words"] = arguments.text("words").map { .string($0) }
            if let path = arguments.text("text") {
                let text = try read(path, limit: textBytesMax)
                object["text"] = .string(Blake3.hash(text).hexadecimal)
            }
        case "import":
            let bytes = try read(word ?? "", limit: LicenceDocument.bytesMax * 2)
            object["envelope"] = .string(String(decoding: bytes, as: UTF8.self))
        case "data": object["value"] = word.map { .string($0) }
        default:
            object["layer"] = word.map { .string($0) }
            object["widest"] = arguments.text("widest").map { .string($0) }
            object["for"] = arguments.text("for").map { .string($0) }
        }
        let signs = ["map", "stub", "waive"].contains(action)
        // Refused before anything is signed.
        var file: NewFile?
        if signs, let path = arguments.text("out") { file = try NewFile(path) }
        let answer: JSONObject
        do throws(Failure) {
            answer = try Access.open(report).ask("licence", object)
            try file?.write((answer["envelope"]?.string ?? "") + "\n")
        } catch {
            file?.discard()
            throw error
        }
        report.done(answer, text: lines(action, answer, arguments.text("out")))
    }

    /// Longest text of a licence: the longest of the SPDX list has a tenth of it.
    private static let textBytesMax = 4 << 20

    private static func terms(_ arguments: Arguments) throws(Failure) -> JSONValue {
        for word in arguments.texts("asks") where LicenceBit(rawValue: word) == nil {
            throw Failure(
                .usage, "a licence cannot ask \(PlainText.shown(word))",
                remedy: "say one of "
                    + LicenceBit.allCases.map(\.rawValue).joined(separator: ", "))
        }
        var object = JSONObject()
        for (option, name) in [
            ("asks", "asks"), ("use-policy", "useRestrictions"), ("cap", "caps"),
            ("name-prefix", "namePrefixes"), ("derived-only", "derivedOnly"),
            ("derived-never", "derivedNever"),
        ] where arguments.isGiven(option) {
            object[name] = .array(Set(arguments.texts(option)).sorted().map { .string($0) })
        }
        return .object(object)
    }

    private static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
        do throws(SystemError) {
            return try File(ExportCommand.absolute(path), .read).readAll(limit: limit)
        } catch {
            throw Failure(
                .notFound, "\(PlainText.shown(path)) cannot be read", why: error.reason)
        }
    }

    private static func lines(_ action: String, _ answer: JSONObject, _ out: String?) -> [String] {
        switch action {
        case "list":
            var lines = ["terms of data: \(answer["data"]?.string ?? "")"]
            for key in answer["stewards"]?.array ?? [] {
                lines.append("steward  \(key.string ?? "")")
            }
            for document in answer["documents"]?.array ?? [] {
                let signer = "by \((document["signer"]?.string ?? "").prefix(8))"
                let subject =
                    document["licences"]?.array?.compactMap(\.string).joined(separator: ", ")
                    ?? "layer \((document["layer"]?.string ?? "").prefix(16))"
                let note = document["counts"]?.bool == false ? ", no steward: does not count" : ""
                lines.append(
                    PlainText.shown(
                        "\(document["document"]?.string ?? "")  \(subject) \(signer)\(note)"))
            }
            return lines
        case "data": return ["The terms of data count: \(answer["data"]?.string ?? "")"]
        case "import":
            return [
                "Took in the \(answer["document"]?.string ?? "") of "
                    + (answer["signer"]?.string ?? "")
            ]
        default:
            return out.map { ["Signed and written to \(PlainText.shown($0))"] }
                ?? [answer["envelope"]?.string ?? ""]
        }
    }
}
