import Genome
import Host
import Store
import Wire

/// `plasmid init`: makes this machine's home, once.
enum InitCommand {
    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let path = Home.defaultPath()
        let isNew = !Home.exists(at: path)
        let label = arguments.text("label")
        if let label, !LayerName.isLabel(label) {
            throw Failure(
                .usage, "\(label) cannot be a label",
                why: "a label has 1 to \(LayerName.labelBytesMax) letters, digits and hyphens",
                remedy: "for example --label biolab")
        }
        if !isNew, label == nil, let answer = try running(report) {
            report.done(answer, text: text(answer, isNew: false))
            return
        }
        let service = try Access.service(path)
        if let label {
            try inStore { () throws(StoreError) in try service.library.home.setLabel(label) }
        }
        var object = JSONObject()
        object["node"] = .string(service.keys.node.publicKey.base32)
        object["home"] = .string(service.library.layout.home)
        object["label"] = .string(
            try inStore { () throws(StoreError) in try service.library.home.label() ?? "" })
        report.done(object, text: text(object, isNew: isNew))
    }

    /// What a node that runs on the home says of itself; nil when none runs.
    private static func running(_ report: Report) throws(Failure) -> JSONObject? {
        let access = try Access.open(report)
        guard access.isNode else { return nil }
        let status = try access.ask("status")
        var object = JSONObject()
        for name in ["node", "home", "label"] { object[name] = status[name] }
        return object
    }

    private static func text(_ object: JSONObject, isNew: Bool) -> [String] {
        [
            isNew ? "A new node lives here now." : "This node was here already.",
            "  node  \(object["node"]?.string ?? "")",
            "  home  \(object["home"]?.string ?? "")",
            isNew ? "Start it with: plasmid run" : "",
        ].filter { !$0.isEmpty }
    }
}
