import Genome
import Host
import Store
import Wire

/// `plasmid share`: looks through a folder or file, shows what it takes, and has it signed.
enum ShareCommand {
    /// Bytes of a text read at a time when looking for keys and tokens.
    private static let scanBytes = 1 << 16

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let path = arguments.operand(0) ?? ""
        let (plan, files, folder, places) = try gather(
            path, included: Set(arguments.texts("include")), type: arguments.text("type"))
        var object = try choices(arguments)
        for member in try FollowCommand.wishes(arguments).members {
            object[member.name] = member.value
        }
        object["paths"] = .array(plan.taken.map { .string($0.path.text) })
        object["folder"] = .string(folder)
        if arguments.isGiven("in-place") {
            object["inPlace"] = .array(places.map { .string($0) })
        }
        try scanForSecrets(plan, files)
        for line in lines(plan) { report.note(line) }
        let access = try Access.open(makes: true, report)
        if let base = try baseFacts(arguments, access) { object["base"] = base }
        let answer = try access.ask("share", object, files: files, showing: "share")
        report.done(answer, text: text(answer, access))
    }

    // MARK: Files

    private static func gather(
        _ path: String, included: Set<String>, type: String?
    ) throws(Failure) -> (SharePlan, [File], folder: String, places: [String]) {
        let resolved: String
        do {
            resolved = try Directory.resolve(path)
        } catch {
            throw Failure(
                .notFound, "\(PlainText.shown(path)) cannot be opened: \(error.reason)")
        }
        let folder = resolved.split(separator: "/").last.map { String($0) } ?? "layer"
        if (try? File.facts(of: resolved).kind) == .folder {
            let scan = try FolderScan(resolved, included: included)
            let sections = try scan.sections()
            var declared = sections?.contentPaths ?? []
            // What a memory knows are records: without them it would be shared empty.
            if (type ?? sections?.type?.name) == "memory", declared.isEmpty {
                declared = scan.records
            }
            let plan = try inGenome("sharing \(folder)") { () throws(GenomeError) in
                try SharePlan.make(scan.items, included: included, declared: declared)
            }
            var files: [File] = []
            for taken in plan.taken { files.append(try scan.open(taken.path.text)) }
            return (plan, files, folder, plan.taken.map { "\(resolved)/\($0.path)" })
        }
        let file: File
        do {
            file = try File(resolved, .read)
        } catch {
            throw Failure(.refused, "\(folder) cannot be read: \(error.reason)")
        }
        let item = try FolderScan.item(file, path: folder, kind: .file)
        let plan = try inGenome("sharing \(folder)") { () throws(GenomeError) in
            try SharePlan.make(file: item)
        }
        return (plan, [file], folder, [resolved])
    }

    private static func scanForSecrets(_ plan: SharePlan, _ files: [File]) throws(Failure) {
        for (taken, file) in zip(plan.taken, files) where taken.needsSecretScan {
            var scanner = SecretScanner()
            var offset: UInt64 = 0
            while true {
                let bytes: [UInt8]
                do {
                    bytes = try file.read(count: scanBytes, offset: offset)
                } catch {
                    throw Failure(.refused, "\(taken.path) cannot be read: \(error.reason)")
                }
                scanner.update(bytes)
                offset += UInt64(bytes.count)
                if bytes.count < scanBytes { break }
            }
            guard let finding = scanner.finish() else { continue }
            throw Failure(
                .sharing(
                    .secret(
                        path: taken.path.text, line: finding.line, kind: finding.kind)),
                doing: "sharing")
        }
    }

    private static func lines(_ plan: SharePlan) -> [String] {
        var lines = ["This becomes the layer (\(Sizes.text(plan.size))):"]
        for taken in plan.taken.prefix(40) {
            lines.append("  \(Sizes.text(taken.size).padded(10))  \(taken.path)")
        }
        if plan.taken.count > 40 { lines.append("  … and \(plan.taken.count - 40) more") }
        for left in plan.leftOut.prefix(20) {
            lines.append("  left out: \(left.path) (\(left.reason))")
        }
        if plan.leftOut.count > 20 {
            lines.append("  … and \(plan.leftOut.count - 20) more left out")
        }
        return lines
    }

    // MARK: Choices

    static func choices(_ arguments: Arguments) throws(Failure) -> JSONObject {
        guard let visibility = arguments.text("visibility") else {
            throw Failure(
                .usage, "--visibility is missing",
                why: "a published copy cannot be called back, so there is no default",
                remedy: "say --visibility public, private, organization or whitelist")
        }
        var object = JSONObject()
        object["visibility"] = .string(visibility)
        if visibility == "organization" {
            guard let organization = arguments.text("org") else {
                throw Failure(
                    .usage, "--org is missing", why: "the layer is for members of one organisation",
                    remedy: "say --org ORG; plasmid org list shows which there are")
            }
            object["organization"] = .string(organization)
        }
        object["as"] = arguments.text("as").map { .string($0) }
        IdentityCommands.addAgent(to: &object)
        object["allow"] = .array(arguments.texts("allow").map { .string($0) })
        for name in ["name", "version", "type", "licence", "summary"] {
            object[name] = arguments.text(name).map { .string($0) }
        }
        object["tags"] = .array(arguments.texts("tag").map { .string($0) })
        object["parents"] = .array(arguments.texts("parent").map { .string($0) })
        for name in ["requires", "suggests", "conflicts"] {
            object[name] = .array(arguments.texts(name).map { .string($0) })
        }
        return object
    }

    /// What the adapter changes: a layer that is here, or a model folder that is hashed now.
    private static func baseFacts(
        _ arguments: Arguments, _ access: Access
    ) throws(Failure) -> JSONValue? {
        guard let base = arguments.text("base"), base != "none" else { return nil }
        guard LayerSource.isFolder(base) else {
            var object = JSONObject()
            object["layer"] = .string(base)
            return .object(try access.ask("base", object))
        }
        return try LayerSource.baseFacts(folder: base).json
    }

    private static func text(_ answer: JSONObject, _ access: Access) -> [String] {
        let visibility = answer["visibility"]?.string ?? ""
        var lines = [
            "Shared \(answer["ref"]?.string ?? "") "
                + "(\(Sizes.text(UInt64(max(0, answer["size"]?.integer ?? 0)))))",
            "  layer  \(answer["layer"]?.string ?? "")",
            "  uuid   \(answer["uuid"]?.string ?? "")",
        ]
        for warning in answer["termsWarned"]?.array ?? [] {
            lines.append("  warned of its data's terms: \(PlainText.shown(warning.string ?? ""))")
        }
        switch visibility {
        case "public":
            lines.append(
                access.isNode
                    ? "Peers hear of it now. A copy that left cannot be called back."
                    : "It is announced when the node runs: plasmid run")
        case "organization": lines.append("Members of the organisation are told when they meet.")
        case "whitelist":
            lines.append("Keys that it is granted to are told when they meet: plasmid grant.")
        default: lines.append("It stays on this machine.")
        }
        return lines
    }
}

extension String {
    /// The text with blanks in front up to `width` columns.
    fileprivate func padded(_ width: Int) -> String {
        TextWidth.padded(self, to: width, isRight: true)
    }
}
