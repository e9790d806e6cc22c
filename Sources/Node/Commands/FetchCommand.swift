import Genome
import Host
import Store
import Swarm
import Wire

/// `plasmid fetch`: has the node get a layer, then shows or copies its files.
enum FetchCommand {
    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let access = try Access.open(report)
        var object = JSONObject()
        object["layer"] = .string(arguments.operand(0) ?? "")
        object["accepted"] = arguments.text("accept-licence").map { .string($0) }
        object["sequential"] = arguments.isGiven("sequential") ? true : nil
        object["priority"] = try priority(arguments)
        object["wait"] = try arguments.integer("wait", in: 0...Service.fetchWaitMax).map {
            .integer(Int64($0))
        }
        object["evidence"] = arguments.isGiven("evidence") ? true : nil
        object["copies"] = arguments.isGiven("out") ? true : nil
        let files = try ReuseFiles.open(arguments.texts("reuse"))
        var answer = try fetch(object, files, access, arguments, report)
        if arguments.isGiven("with-dependencies") || FetchDependencies.isWanted(answer, report) {
            try FetchDependencies.fetch(&answer, access, report) { object throws(Failure) in
                try fetch(object, files, access, arguments, report)
            }
        }
        if let folder = arguments.text("out") {
            let layer = answer["layer"]?.string ?? ""
            let export = try ExportCommand.export(layer, to: folder, access)
            for name in ["path", "proof", "proofError"] { answer[name] = export[name] }
        }
        report.done(answer, text: text(answer))
    }

    /// The priority that is asked for, as the service takes it.
    static func priority(_ arguments: Arguments) throws(Failure) -> JSONValue? {
        let names = FetchPriority.allCases.map(\.name)
        return try arguments.choice("priority", among: names).map { .string($0) }
    }

    /// Fetches; terms that must be accepted are shown to a person and asked for.
    private static func fetch(
        _ object: JSONObject, _ files: [File], _ access: Access, _ arguments: Arguments,
        _ report: Report
    ) throws(Failure) -> JSONObject {
        do {
            return try access.ask("fetch", object, files: files, showing: "fetch")
        } catch {
            let mayAsk = Machine.isTerminal(0) && Machine.isTerminal(2) && !report.isJSON
            guard error.code == .licence, mayAsk,
                let expression = error.why.split(separator: ":").first
            else { throw error }
            if arguments.text("accept-licence") != nil { throw error }
            if !arguments.isGiven("accept-licence") {
                Machine.write("\(error.message): \(error.why)\nAccept them? [y/N] ", to: 2)
                guard readLine(strippingNewline: true)?.lowercased() == "y" else { throw error }
            }
            var accepted = object
            accepted["accepted"] = .string(String(expression))
            return try access.ask("fetch", accepted, files: files, showing: "fetch")
        }
    }

    private static func text(_ answer: JSONObject) -> [String] {
        let received = UInt64(max(0, answer["received"]?.integer ?? 0))
        let reused = UInt64(max(0, answer["reused"]?.integer ?? 0))
        let wire = UInt64(max(0, answer["wire"]?.integer ?? 0))
        let seconds = answer["seconds"]?.number ?? 0
        var lines = ["\(answer["ref"]?.string ?? "") is here, every byte proven."]
        lines.append(
            "  received \(Sizes.text(received)) (\(Sizes.rate(bytes: received, seconds: seconds)))"
                + (wire < received ? ", coded in \(Sizes.text(wire))" : "")
                + (reused > 0 ? ", \(Sizes.text(reused)) were here before" : ""))
        for source in answer["sources"]?.array ?? [] {
            let bytes = UInt64(max(0, source["bytes"]?.integer ?? 0))
            lines.append(
                "  from \(source["node"]?.string?.prefix(8) ?? "")  \(Sizes.text(bytes))")
        }
        lines.append("  files in \(answer["path"]?.string ?? "")")
        return lines + [ExportCommand.proofLine(answer)].compactMap { $0 }
            + FetchDependencies.lines(answer)
    }
}

/// `plasmid export`: copies a layer's files into a folder.
enum ExportCommand {
    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let access = try Access.open(report)
        let folder = arguments.operand(1) ?? ""
        let answer = try export(arguments.operand(0) ?? "", to: folder, access)
        let count = answer["files"]?.array?.count ?? 0
        report.done(
            answer,
            text: [
                "Wrote \(count) file\(count == 1 ? "" : "s") to "
                    + (answer["path"]?.string ?? ""),
                proofLine(answer),
            ].compactMap { $0 })
    }

    /// Where the proof is, or why there is none.
    static func proofLine(_ answer: JSONObject) -> String? {
        if let path = answer["proof"]?.string {
            return "Proof that anyone can check: plasmid audit verify \(path)"
        }
        return answer["proofError"]?.string.map { "No proof was written beside it: \($0)" }
    }

    /// Copies the files of a layer that is here; the command writes them itself.
    static func export(
        _ layer: String, to folder: String, _ access: Access
    ) throws(Failure) -> JSONObject {
        var object = JSONObject()
        object["layer"] = .string(layer)
        var answer = try access.ask("files", object)
        let files = (answer["files"]?.array ?? []).compactMap { file -> LayerFile? in
            guard let path = file["path"]?.string.flatMap({ LayerPath($0) }),
                let blob = file["blob"]?.string.flatMap({ Digest(hexadecimal: $0) }),
                let size = file["size"]?.integer,
                let sha256 = file["sha256"]?.string.flatMap({ Digest(hexadecimal: $0) })
            else { return nil }
            return LayerFile(path: path, blob: blob, size: UInt64(max(0, size)), sha256: sha256)
        }
        defer { _ = try? access.ask("release", object) }
        let layout = Layout(home: answer["home"]?.string ?? access.home)
        var display = ProgressDisplay(label: "export")
        defer { display.clear() }
        let total = answer["size"] ?? 0
        _ = try inStore { () throws(StoreError) in
            try LayerExport(layout: layout, files: files).run(to: absolute(folder)) { done in
                var step = JSONObject()
                step["done"] = .integer(Int64(clamping: done))
                step["total"] = total
                display.update(step)
            }
        }
        answer["path"] = .string(absolute(folder))
        answer["home"] = nil
        prove(&answer, absolute(folder))
        return answer
    }

    /// Writes the signed manifest and the proof beside the folder. Where that is not possible, as
    /// beside the root of a disk, the files are there all the same, and the answer says why.
    private static func prove(_ answer: inout JSONObject, _ folder: String) {
        let envelope = answer["envelope"]?.string
        let proof = answer["proof"]?.string.flatMap { LogProof($0) }
        answer["envelope"] = nil
        answer["proof"] = .null
        guard let envelope, let proof else { return }
        let place = (try? Directory.resolve(folder)) ?? folder
        do throws(Failure) {
            try inStore { () throws(StoreError) in
                try ExportProof(envelope: Array(envelope.utf8), proof: proof)
                    .write(beside: place)
            }
            answer["proof"] = .string(place + ExportProof.proofEnding)
        } catch {
            answer["proofError"] = .string(error.message)
        }
    }

    /// A path from the root.
    static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : Machine.currentFolder + "/" + path
    }
}
