import Genome
import Host
import Store
import Wire

/// Checks of what left a journal, with no home and no node: an exported journal, a proof, an
/// exported layer with the proof beside it.
enum AuditCheck {
    /// The finding about a path, as object and as lines.
    typealias Finding = (object: JSONObject, text: [String])

    /// Checks what is at a path, or throws what is wrong with it.
    static func run(_ path: String) throws(Failure) -> Finding {
        do throws(Failure) {
            return try check(path)
        } catch {
            guard error.code == .corrupt else { throw error }
            throw Failure(
                .corrupt, error.message, why: "it is not what was signed",
                remedy: "do not rely on it; ask for another copy")
        }
    }

    private static func check(_ path: String) throws(Failure) -> Finding {
        let path = ExportCommand.absolute(path)
        let shown = PlainText.shown(path)
        if Directory.exists("\(path)/checkpoint") { return try journal(path) }
        if Directory.exists(path + ExportProof.proofEnding) { return try layer(path) }
        guard Directory.exists(path) else {
            throw Failure(.notFound, "there is nothing at \(shown)")
        }
        guard path.hasSuffix(ExportProof.proofEnding) else {
            throw Failure(
                .refused, "\(shown) is neither a proof nor a journal, and has no proof beside it",
                remedy: "name a file that ends in \(ExportProof.proofEnding), a folder with one "
                    + "beside it, or what plasmid audit export wrote")
        }
        let folder = String(path.dropLast(ExportProof.proofEnding.count))
        let isLayer = Directory.exists(folder + ExportProof.envelopeEnding)
        return isLayer && Directory.exists(folder) ? try layer(folder) : try proof(path)
    }

    /// Writes the journal of the home into a folder of its own.
    static func export(_ folder: String?, _ report: Report) throws(Failure) {
        guard let folder else {
            throw Failure(
                .usage, "audit export needs a folder to write",
                remedy: "say: plasmid audit export DIR")
        }
        let access = try Access.open(report)
        var question = JSONObject()
        question["action"] = "export"
        let answer = try access.ask("audit", question)
        let home = Layout(home: answer["home"]?.string ?? access.home)
        let path = ExportCommand.absolute(folder)
        let export = try inStore { () throws(StoreError) in
            try JournalExport.write(home, note: answer["note"]?.string ?? "", to: path)
        }
        var (object, text) = finding(export)
        object["path"] = .string(path)
        text[0] = "Wrote \(text[0]) to \(path)"
        report.done(object, text: text + ["Check it anywhere with: plasmid audit verify \(folder)"])
    }

    // MARK: Kinds

    private static func journal(_ path: String) throws(Failure) -> Finding {
        let export = try inStore { () throws(StoreError) in try JournalExport.check(path) }
        var (object, text) = finding(export)
        object["path"] = .string(path)
        text[0] = "ok      \(text[0])"
        return (object, text)
    }

    /// Lines and members about the access log. Retention takes segments from the start; what is
    /// gone behind one that is here, and a file that no entry names, cannot pass as sound: the
    /// tree still holds, but the decisions are not there to be read, or nobody vouches for them.
    private static func add(_ access: AccessCoverage, to finding: inout Finding) {
        let unlisted = access.unlisted.prefix(unlistedMax)
        finding.object["accessSegments"] = .integer(Int64(access.found.count))
        finding.object["accessExpired"] = ranges(access.expired).json
        finding.object["accessMissing"] = ranges(access.missing).json
        finding.object["accessUnlisted"] = .array(unlisted.map { .string($0) })
        finding.object["accessUnlistedCount"] = .integer(Int64(access.unlisted.count))
        if !access.missing.isEmpty || !unlisted.isEmpty { finding.object["ok"] = false }
        if !access.expired.isEmpty {
            finding.text.append(
                "        without the oldest of the access log, past their time: segments "
                    + ranges(access.expired).text)
        }
        if !access.missing.isEmpty {
            finding.text.append(
                "MISSING segments \(ranges(access.missing).text) of the access log, though older "
                    + "ones are here: retention takes the oldest first")
        }
        for name in unlisted {
            finding.text.append(
                "EXTRA   access/\(PlainText.shown(name)): no entry of the journal names it")
        }
        let more = access.unlisted.count - unlisted.count
        if more > 0 { finding.text.append("EXTRA   and \(more) more") }
    }

    /// Most unlisted files of the access log that are named.
    private static let unlistedMax = 100

    /// Numbers in order as runs of successive ones: an answer that stays short.
    private static func ranges(_ numbers: [UInt64]) -> (json: JSONValue, text: String) {
        var runs: [ClosedRange<UInt64>] = []
        for number in numbers {
            if let last = runs.last, last.upperBound + 1 == number {
                runs[runs.count - 1] = last.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        let text = runs.prefix(20).map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
        }.joined(separator: ", ")
        let json = runs.prefix(1_000).map { run -> JSONValue in
            [
                "from": .integer(Int64(clamping: run.lowerBound)),
                "to": .integer(Int64(clamping: run.upperBound)),
            ]
        }
        return (.array(json), runs.count > 20 ? text + ", …" : text)
    }

    private static func finding(_ export: JournalExport) -> Finding {
        let object = head(export.node, export.checkpoint, export.witnesses)
        let count = export.checkpoint.count
        let segments = export.access.found.count
        let plural = segments == 1 ? "segment" : "segments"
        let access = segments > 0 ? ", \(segments) \(plural) of the access log" : ""
        var found: Finding = (
            object,
            [
                "a journal of \(count) \(count == 1 ? "entry" : "entries")\(access)",
                "        node    \(export.node.base32)",
            ] + witnessLines(export.witnesses)
        )
        add(export.access, to: &found)
        return found
    }

    private static func proof(_ path: String) throws(Failure) -> Finding {
        let text: String
        do throws(SystemError) {
            let bytes = try File(path, .read).readAll(limit: LogProof.bytesMax)
            text = String(decoding: bytes, as: UTF8.self)
        } catch {
            throw Failure(.notFound, "\(PlainText.shown(path)) cannot be read: \(error.reason)")
        }
        guard let proof = LogProof(text) else {
            throw Failure(.corrupt, "\(PlainText.shown(path)) is no proof of a log")
        }
        let log = try inStore { () throws(StoreError) in
            try ExportProof.finding(proof, in: path)
        }
        var object = head(log.node, log.checkpoint, log.witnesses)
        object["number"] = .integer(Int64(clamping: log.event.sequence))
        object["kind"] = (log.event.change?.kind).map { .string($0) } ?? .null
        return (object, ["ok      \(entry(log))"] + witnessLines(log.witnesses))
    }

    private static func layer(_ folder: String) throws(Failure) -> Finding {
        let found = try inStore { () throws(StoreError) in
            try ExportProof.read(beside: folder).check(folder)
        }
        var object = head(found.log.node, found.log.checkpoint, found.log.witnesses)
        object["number"] = .integer(Int64(clamping: found.log.event.sequence))
        object["kind"] = (found.log.event.change?.kind).map { .string($0) } ?? .null
        object["layer"] = .string(found.manifest.layer.hexadecimal)
        object["publisher"] = .string(found.manifest.publisher.base32)
        object["files"] = .integer(Int64(found.files))
        object["absent"] = .array(found.absent.map { .string($0) })
        object["unlisted"] = .array(found.unlisted.map { .string($0) })
        object["unlistedCount"] = .integer(Int64(found.unlistedCount))
        if found.unlistedCount > 0 { object["ok"] = false }
        let count = "\(found.files) file\(found.files == 1 ? "" : "s")"
        let absent =
            found.absent.isEmpty ? [] : ["        without the evidence that was not fetched"]
        return (
            object,
            [
                "ok      \(count) of layer \(found.manifest.layer.hexadecimal.prefix(16))",
                "        signed by \(found.manifest.publisher.base32)",
            ] + absent + ["ok      \(entry(found.log))"] + witnessLines(found.log.witnesses)
                + unlistedLines(found)
        )
    }

    /// A folder with a file that nobody signed is not the layer: programs that open it by name
    /// read that file like the others.
    private static func unlistedLines(_ found: ExportProof.Finding) -> [String] {
        let lines = found.unlisted.map { path in
            "EXTRA   \(PlainText.shown(path)): the signed manifest does not list it"
        }
        let more = found.unlistedCount - lines.count
        return lines + (more > 0 ? ["EXTRA   and \(more) more"] : [])
    }

    // MARK: Parts

    private static func head(
        _ node: NodeKey, _ checkpoint: SignedCheckpoint, _ witnesses: [Cosignature]
    ) -> JSONObject {
        var object = JSONObject()
        object["ok"] = true
        object["node"] = .string(node.base32)
        object["origin"] = .string(checkpoint.origin)
        object["count"] = .integer(Int64(clamping: checkpoint.count))
        object["verifierKey"] = checkpoint.verifierKey.map { .string($0) } ?? .null
        object["root"] = .string(Base64.encode(checkpoint.root.bytes))
        object["witnesses"] = .array(
            witnesses.map { witness in
                [
                    "node": .string(witness.witness.base32),
                    "time": .integer(Int64(clamping: witness.time)),
                ]
            })
        return object
    }

    private static func entry(_ log: LogProof.Finding) -> String {
        "entry \(log.event.sequence) (\(log.event.change?.kind ?? "unknown")) of the journal of "
            + "\(log.node.fingerprint)"
    }

    private static func witnessLines(_ witnesses: [Cosignature]) -> [String] {
        guard !witnesses.isEmpty else { return ["        no other node has seen it"] }
        return witnesses.map { "        seen by \($0.witness.base32)" }
    }
}
