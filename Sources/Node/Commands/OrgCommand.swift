import Genome
import Host
import Store
import Wire

/// `plasmid org`: organisations, as their issuers and their members use them.
enum OrgCommand {
    private static let actions = [
        "list", "create", "show", "add", "join", "renew", "revoke", "rotate", "leave", "export",
        "import", "root", "sign",
    ]

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let action = try arguments.action(of: actions, or: "list")
        try requireUseOfFile(action, arguments)
        var object = JSONObject()
        object["action"] = .string(action)
        if action != "list" {
            let word = arguments.operand(1)
            guard let word else {
                throw Failure(
                    .usage, "org \(action) needs \(Self.isAboutFile(action) ? "FILE" : "ORG")",
                    remedy: "plasmid org --help shows how")
            }
            try fill(&object, action, word, arguments)
        }
        let answer = try Access.open(makes: action != "list", report).ask("org", object)
        if action == "export" { return try write(answer, arguments, report) }
        if action == "sign", object["isCheck"]?.bool != true {
            try OrganizationFile.replace(arguments.text("out") ?? arguments.operand(1), answer)
        } else if object["isDraft"]?.bool == true {
            try OrganizationFile.replace(arguments.text("out"), answer)
        }
        report.done(answer, text: lines(answer, action))
    }

    /// Refuses `--out` where nothing would be written to it: a file that is missing later would
    /// not say why.
    private static func requireUseOfFile(
        _ action: String, _ arguments: Arguments
    ) throws(Failure) {
        guard arguments.isGiven("out") else { return }
        let words: String
        if ["create", "list", "show", "join", "leave", "import"].contains(action) {
            words = action
        } else if action == "renew", arguments.isGiven("auto") {
            words = "renew --auto"
        } else if action == "sign", arguments.isGiven("check") {
            words = "sign --check"
        } else {
            return
        }
        throw Failure(
            .usage, "org \(words) writes no file", why: "--out would have no effect",
            remedy: "leave --out away; plasmid org --help shows where it goes")
    }

    private static func isAboutFile(_ action: String) -> Bool {
        action == "import" || action == "sign"
    }

    private static func fill(
        _ object: inout JSONObject, _ action: String, _ word: String, _ arguments: Arguments
    ) throws(Failure) {
        switch action {
        case "create": object["name"] = .string(word)
        case "import", "sign": object["documents"] = try OrganizationFile.documents(word)
        default: object["organization"] = .string(word)
        }
        IdentityCommands.addAgent(to: &object)
        object["as"] = arguments.text("as").map { .string($0) }
        object["isCheck"] = .bool(arguments.isGiven("check"))
        object["isDraft"] = .bool(
            arguments.isGiven("out") && !isAboutFile(action) && action != "export")
        if let word = try arguments.choice("auto", among: ["on", "off"]) {
            object["auto"] = .bool(word == "on")
        }
        for name in ["add", "remove"] {
            object[name] = .array(arguments.texts(name).map { .string($0) })
        }
        object["thresholds"] = .array(arguments.texts("threshold").map { .string($0) })
        if action == "root" { object["label"] = arguments.text("label").map { .string($0) } }
        guard action == "add" || action == "revoke" else { return }
        guard let key = arguments.operand(2) else {
            throw Failure(.usage, "org \(action) needs KEY after ORG")
        }
        object["key"] = .string(key)
        object["rights"] = RightsCommands.list(arguments.text("rights"))
        let longest = Int(OrganizationSchema.membershipSeconds / 86_400)
        object["days"] = try arguments.integer("days", in: 1...longest).map {
            .integer(Int64($0))
        }
        object["label"] = arguments.text("label").map { .string($0) }
        object["sealing"] = arguments.text("sealing").map { .string($0) }
    }

    private static func write(
        _ answer: JSONObject, _ arguments: Arguments, _ report: Report
    ) throws(Failure) {
        guard let path = arguments.text("out") else {
            report.done(answer, text: [Report.line(answer)])
            return
        }
        let file = try NewFile(path)
        try file.write(Report.line(answer) + "\n")
        var object = JSONObject()
        object["path"] = .string(path)
        object["organization"] = answer["organization"] ?? .null
        report.done(object, text: ["Wrote \(path)"])
    }

    // MARK: Text

    /// What a person is told of an answer.
    static func lines(_ answer: JSONObject, _ action: String) -> [String] {
        if answer["organizations"] != nil { return listLines(answer) + passedOverLines(answer) }
        let signing = (answer["signing"]?.array ?? []).flatMap { OrganizationFile.lines($0) }
        if action == "sign" { return signing }
        var lines = head(answer)
        switch action {
        case "create":
            lines.append("Make members with: plasmid org add \(name(answer)) KEY")
        case "join" where answer["member"]?.string != nil:
            lines.append("You are a member now.")
        case "join":
            lines.append(
                "You are no member yet: no membership for this node came with its documents. Ask "
                    + "an issuer for one.")
        case "renew", "rotate":
            for entry in answer["notRenewed"]?.array ?? [] {
                lines.append(
                    "not renewed: \(entry["member"]?.string?.prefix(8) ?? ""): "
                        + [entry["why"], entry["do"]].compactMap { $0?.string }
                        .filter { !$0.isEmpty }.joined(separator: "; "))
            }
        default: break
        }
        return lines + memberLines(answer) + signing
    }

    private static func passedOverLines(_ answer: JSONObject) -> [String] {
        (answer["passedOver"]?.array ?? []).map { entry in
            "not taken: membership of \(entry["member"]?.string?.prefix(8) ?? ""): "
                + (entry["why"]?.string ?? "")
        }
    }

    private static func name(_ answer: JSONObject) -> String { answer["name"]?.string ?? "" }

    private static func head(_ answer: JSONObject) -> [String] {
        let now = Int64(Clock.wallMilliseconds() / 1_000)
        let left = (answer["expires"]?.integer ?? now) - now
        var lines = [
            name(answer), "  key     \(answer["organization"]?.string ?? "")",
            "  root    \(answer["root"]?.integer ?? 0), runs out in \(Ages.text(left))",
        ]
        if answer["issuer"]?.bool == true { lines.append("  you     make and end members") }
        if answer["renewsAlone"]?.bool == true {
            lines.append("  renewal by this node, half-way through each membership")
        }
        if let fault = answer["fault"]?.string {
            lines.append("  now     does not count: \(fault)")
        }
        return lines
    }

    private static func memberLines(_ answer: JSONObject) -> [String] {
        let members = answer["members"]?.array ?? []
        guard !members.isEmpty else { return [] }
        let now = Int64(Clock.wallMilliseconds() / 1_000)
        var table = Table([
            .init("MEMBER"), .init("LABEL", isElastic: true), .init("RIGHTS"),
            .init("ENDS IN", isRight: true), .init("NOW", isElastic: true),
        ])
        for member in members {
            let rights = (member["rights"]?.array ?? []).compactMap(\.string)
            table.add([
                String((member["member"]?.string ?? "").prefix(8)),
                member["label"]?.string ?? "", rights.joined(separator: ","),
                Ages.text((member["expires"]?.integer ?? now) - now),
                member["fault"]?.string ?? "member",
            ])
        }
        return [""] + table.lines(width: Terminal(descriptor: 1).columns)
    }

    private static func listLines(_ answer: JSONObject) -> [String] {
        let rows = answer["organizations"]?.array ?? []
        let invitations = answer["invitations"]?.array ?? []
        guard !rows.isEmpty || !invitations.isEmpty else {
            return [
                "This node belongs to no organisation.",
                "Found one with: plasmid org create NAME",
            ]
        }
        var lines: [String] = []
        if !rows.isEmpty {
            var table = Table([
                .init("ORGANISATION", isElastic: true), .init("KEY"),
                .init("MEMBERS", isRight: true), .init("YOU", isElastic: true),
            ])
            for row in rows {
                let isIssuer = row["issuer"]?.bool == true
                let place = row["member"]?.string == nil ? "no member" : "member"
                table.add([
                    row["name"]?.string ?? "",
                    String((row["organization"]?.string ?? "").prefix(8)),
                    "\(row["members"]?.array?.count ?? 0)",
                    row["fault"]?.string ?? (isIssuer ? "issuer, \(place)" : place),
                ])
            }
            lines += table.lines(width: Terminal(descriptor: 1).columns)
        }
        for invitation in invitations {
            lines.append(
                "invited: \(invitation["name"]?.string ?? "") "
                    + "(\(invitation["organization"]?.string?.prefix(8) ?? "")) by node "
                    + "\(invitation["from"]?.string?.prefix(8) ?? ""); accept with: "
                    + "plasmid org join \(invitation["organization"]?.string?.prefix(8) ?? "")")
        }
        return lines
    }
}
