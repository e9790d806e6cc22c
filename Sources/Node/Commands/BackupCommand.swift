import Genome
import Host
import Store
import Wire

/// `plasmid backup` and `plasmid restore`: a home's copy in a folder, and a home of it again. Both
/// work on files alone, so a node may run meanwhile.
enum BackupCommand {
    static func backup(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let home = Home.defaultPath()
        guard Home.exists(at: home) else { throw Failure(StoreError.noHome(path: home)) }
        let folder = ExportCommand.absolute(arguments.operand(0) ?? "")
        let scopes = HomeBackup.Scope.allCases.map(\.rawValue)
        let name = try arguments.choice("blobs", among: scopes) ?? HomeBackup.Scope.kept.rawValue
        let scope = HomeBackup.Scope(rawValue: name) ?? .kept
        let key = try key(in: home)
        try requirePlace(folder, home: home, key)
        var begun = JSONObject()
        begun["node"] = .string(key)
        try inStore { () throws(StoreError) in
            try HomeBackup.begin(Array((Report.line(begun) + "\n").utf8), in: folder)
        }
        let outcome = try copying("backup") { progress throws(StoreError) in
            try HomeBackup(from: Layout(home: home), to: Layout(home: folder))
                .make(scope, progress: progress)
        }
        var mark = JSONObject()
        mark["plasmidBackup"] = 1
        mark["node"] = .string(key)
        mark["created"] = .integer(Int64(Clock.wallMilliseconds()))
        mark["scope"] = .string(scope.rawValue)
        mark["blobs"] = .integer(Int64(outcome.blobs))
        mark["bytes"] = .integer(Int64(clamping: outcome.bytes))
        try inStore { () throws(StoreError) in
            try HomeBackup.finish(Array((Report.line(mark) + "\n").utf8), in: folder)
        }
        var answer = mark
        answer["path"] = .string(folder)
        answer["reused"] = .integer(Int64(clamping: outcome.reused))
        answer["missing"] = .integer(Int64(outcome.missing))
        report.done(answer, text: backupLines(outcome, folder, scope))
    }

    private static func backupLines(
        _ outcome: HomeBackup.Outcome, _ folder: String, _ scope: HomeBackup.Scope
    ) -> [String] {
        var lines = [
            "Saved keys, journal, settings and \(outcome.blobs) blobs "
                + "(\(Sizes.text(outcome.bytes))) in \(folder)",
            "It holds this node's secret keys: keep it where only you can read it.",
        ]
        if outcome.reused > 0 {
            lines.insert("  \(Sizes.text(outcome.reused)) of it were there already", at: 1)
        }
        if outcome.missing > 0 {
            lines.append(
                "\(outcome.missing) blobs are damaged or went meanwhile; see plasmid doctor")
        }
        if scope != .all {
            lines.append("What was fetched and is only cached is left out; --blobs all takes it.")
        }
        return lines
    }

    /// Another node's backup is never mixed with this one's, and the home is no place for its own.
    private static func requirePlace(
        _ folder: String, home: String, _ key: String
    ) throws(Failure) {
        guard folder != home, !folder.hasPrefix(home + "/") else {
            throw Failure(.usage, "a backup inside the home would be lost with it")
        }
        guard Directory.exists(folder) else { return }
        let mark = HomeBackup.mark(in: folder).flatMap {
            try? JSONParser.parse($0, limits: JSONLimits(bytes: 65_536))
        }
        if let node = mark?["node"]?.string {
            guard node == key else {
                throw Failure(
                    .refused, "\(folder) holds the backup of another node", why: node,
                    remedy: "name another folder")
            }
            return
        }
        let isEmpty = (try? Directory.list(folder))?.isEmpty ?? false
        guard isEmpty else {
            throw Failure(
                .refused, "\(folder) is not empty and is not a backup",
                remedy: "name a folder that does not exist yet")
        }
    }

    private static func key(in home: String) throws(Failure) -> String {
        try inStore { () throws(StoreError) in
            try Keys.nodeKey(in: Layout(home: home)).base32
        }
    }

    private static func copying(
        _ label: String,
        _ body: ((UInt64, UInt64) -> Void) throws(StoreError) -> HomeBackup.Outcome
    ) throws(Failure) -> HomeBackup.Outcome {
        var display = ProgressDisplay(label: label)
        defer { display.clear() }
        return try inStore { () throws(StoreError) in
            try body { done, total in
                var step = JSONObject()
                step["done"] = .integer(Int64(clamping: done))
                step["total"] = .integer(Int64(clamping: total))
                display.update(step)
            }
        }
    }

    // MARK: Restoring

    static func restore(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let home = Home.defaultPath()
        guard let folder = arguments.operand(0) else {
            guard arguments.isGiven("moved") else {
                throw Failure(
                    .usage, "DIR is missing", remedy: "say plasmid restore DIR, the backup's folder"
                )
            }
            return try forgetTwin(home, report)
        }
        let outcome = try copying("restore") { progress throws(StoreError) in
            try HomeBackup(
                from: Layout(home: ExportCommand.absolute(folder)), to: Layout(home: home)
            ).restore(progress: progress)
        }
        let service = try Access.service(home)
        let lacking = try inStore { () throws(StoreError) in
            defer { try? service.library.close() }
            if arguments.isGiven("moved") { try RestoredMark.remove(service.library.layout) }
            return try service.library.reconcile()
        }
        var answer = JSONObject()
        answer["home"] = .string(home)
        answer["node"] = .string(service.keys.node.publicKey.base32)
        answer["blobs"] = .integer(Int64(outcome.blobs))
        answer["bytes"] = .integer(Int64(clamping: outcome.bytes))
        answer["damaged"] = .integer(Int64(outcome.missing))
        answer["lacking"] = .array(lacking.map { .string($0.hexadecimal) })
        answer["watching"] = .bool(!arguments.isGiven("moved"))
        report.done(answer, text: restoreLines(answer, outcome))
    }

    private static func restoreLines(
        _ answer: JSONObject, _ outcome: HomeBackup.Outcome
    ) -> [String] {
        var lines = [
            "Restored node \(answer["node"]?.string?.prefix(8) ?? "") with \(outcome.blobs) blobs "
                + "(\(Sizes.text(outcome.bytes))) in \(answer["home"]?.string ?? "")"
        ]
        let lacking = answer["lacking"]?.array?.count ?? 0
        if lacking > 0 {
            lines.append("\(lacking) layers lack something; a running node fetches it from peers.")
        }
        if answer["watching"]?.bool == true {
            lines += [
                "If the old node is met alive, this one announces nothing and says so.",
                "If it is gone for good: plasmid restore --moved",
            ]
        }
        return lines
    }

    /// The owner says that the node which this home was restored from is gone.
    private static func forgetTwin(_ home: String, _ report: Report) throws(Failure) {
        try inStore { () throws(StoreError) in
            try RestoredMark.remove(try Home.open(at: home).layout)
        }
        var answer = JSONObject()
        answer["home"] = .string(home)
        answer["watching"] = false
        report.done(answer, text: ["This home speaks for its key alone now."])
    }
}
