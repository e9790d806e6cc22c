import Genome
import Host
import Store
import Wire

/// The short verbs about this node and its peers.
enum NodeCommands {
    static func join(_ arguments: Arguments, _ report: Report) throws(Failure) {
        var object = JSONObject()
        object["target"] = .string(arguments.operand(0) ?? "")
        let answer = try Access.open(makes: true, report).ask("join", object)
        let key = answer["node"]?.string ?? "whoever answers there"
        report.done(
            answer,
            text: [
                "Joining \(key).", "See who is connected with: plasmid peers",
            ])
    }

    static func trust(_ arguments: Arguments, _ report: Report) throws(Failure) {
        var object = JSONObject()
        object["key"] = .string(arguments.operand(0) ?? "")
        object["trusted"] = arguments.isGiven("remove") ? false : true
        object["steward"] = .bool(arguments.isGiven("steward"))
        let answer = try Access.open(report).ask("trust", object)
        let name = answer["fingerprint"]?.string ?? ""
        let words: (given: String, taken: String) =
            arguments.isGiven("steward")
            ? (
                "What \(name) reads in licences and waives counts here now.",
                "What \(name) reads in licences and waives does not count any more."
            )
            : (
                "Layers of \(name) can be named by their short name now.",
                "Names of \(name) must be given in full again."
            )
        report.done(answer, text: [arguments.isGiven("remove") ? words.taken : words.given])
    }

    static func peers(_ arguments: Arguments, _ report: Report) throws(Failure) {
        var object = JSONObject()
        object["forgive"] = arguments.text("forgive").map { .string($0) }
        let answer = try Access.open(report).ask("peers", object)
        report.done(
            answer,
            text: peerLines(answer["peers"]?.array ?? [])
                + bannedLines(answer["banned"]?.array ?? []))
    }

    /// Who is left alone, for how much longer and why.
    static func bannedLines(_ banned: [JSONValue]) -> [String] {
        guard !banned.isEmpty else { return [] }
        var lines = ["", "Left alone (end it with: plasmid peers --forgive KEY):"]
        for entry in banned {
            let seconds = max(0, entry["seconds"]?.integer ?? 0)
            let span = seconds < 5_400 ? "\((seconds + 59) / 60) min" : "\(seconds / 3_600) h"
            let part = entry["isShutOut"]?.bool == true ? ", gets no session" : ""
            lines.append(
                "  \((entry["node"]?.string ?? "").prefix(8))  \(span) more\(part): "
                    + PlainText.shown(entry["reason"]?.string ?? ""))
        }
        return lines
    }

    private static func peerLines(_ peers: [JSONValue]) -> [String] {
        guard !peers.isEmpty else {
            return ["No peer is connected.", "Meet one with: plasmid join TICKET"]
        }
        var table = Table([
            .init("NODE"), .init("LABEL", isElastic: true), .init("ADDRESS", isElastic: true),
            .init("STATE"), .init("RTT", isRight: true), .init("SENT", isRight: true),
            .init("RECEIVED", isRight: true),
        ])
        for peer in peers {
            table.add([
                String((peer["node"]?.string ?? "").prefix(8)), peer["label"]?.string ?? "",
                place(peer), state(peer),
                peer["rtt"]?.integer.map { "\($0) µs" } ?? "-",
                size(peer["sent"]), size(peer["received"]),
            ])
        }
        return table.lines(width: Terminal(descriptor: 1).columns)
    }

    /// Where a peer is, or by which relay it is reached.
    private static func place(_ peer: JSONValue) -> String {
        if let relay = peer["via"]?.string { return "via \(relay.prefix(8))" }
        let address = peer["address"]?.string ?? ""
        if peer["path"]?.string == "punched" { return address + " (punched)" }
        let connections = peer["connections"]?.integer ?? 1
        return connections > 1 ? address + " (× \(connections))" : address
    }

    /// How a peer stands, in a word or two.
    private static func state(_ peer: JSONValue) -> String {
        if peer["state"]?.string == "suspected" { return "no answer" }
        return peer["neighbour"]?.string == nil ? "known" : "neighbour"
    }

    private static func size(_ value: JSONValue?) -> String {
        Sizes.text(UInt64(max(0, value?.integer ?? 0)))
    }

    static func status(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let isPage = arguments.isGiven("metrics")
        guard !isPage || !report.isJSON else {
            throw Failure(
                .usage, "--metrics and --json are two forms of the same figures",
                remedy: "give one of them")
        }
        let answer = try Access.open(report).ask("status")
        report.done(
            answer, text: isPage ? OpenMetrics.lines(answer) : statusLines(answer))
    }

    private static func statusLines(_ status: JSONObject) -> [String] {
        func number(_ name: String) -> String { "\(status[name]?.integer ?? 0)" }
        var lines = [
            "node      \(status["node"]?.string ?? "")",
            "home      \(status["home"]?.string ?? "")",
            "layers    \(number("layers")) in \(number("blobs")) blobs",
            "disk      " + diskLine(status["store"]),
            "records   \(number("records")) known, \(number("journal")) journal entries",
        ]
        lines += scrubLines(status["scrub"])
        if status["restored"]?["twinMet"]?.integer != nil {
            lines.append(
                "SILENT    this node's key runs elsewhere too; nothing is announced here")
        }
        if let met = status["twin"]?["met"]?.integer {
            let age = Ages.text((Int64(Clock.wallMilliseconds()) - met) / 1_000)
            lines.append(
                "TWIN      another node runs with this node's key, met "
                    + (age == "now" ? "just now" : "\(age) ago") + "; see plasmid doctor")
        }
        if status["role"]?.string == "light" {
            lines.append("light     few records are kept; searches ask other nodes")
        }
        guard status["running"]?.bool == true else {
            return lines + ["running   no; start it with: plasmid run"]
        }
        lines.append(
            "running   process \(number("process")), peers reach it at "
                + (status["peer"]?.string ?? ""))
        lines.append(
            "peers     \(number("peers")), neighbours \(number("neighbours")); "
                + "sent \(size(status["sent"])), "
                + "received \(size(status["received"]))")
        lines.append("reach     " + (status["reach"]?["words"]?.string ?? ""))
        if let relaying = status["reach"]?["relaying"], relaying != .null {
            lines.append("relaying  " + relayingLine(relaying))
        }
        lines.append("lan       " + lanLine(status["lan"]))
        lines.append("udp       " + datagramLine(status["datagrams"]))
        for transfer in status["transfers"]?.array ?? [] {
            lines.append(
                "fetching  \(transfer["layer"]?.string?.prefix(16) ?? ""): "
                    + "\(size(transfer["done"])) of \(size(transfer["total"]))"
                    + (transfer["pause"]?.string.map { "; waits: \($0)" } ?? "")
                    + (transfer["paused"]?.bool == true ? "; paused" : "")
                    + (transfer["slow"]?.string.map { "; slowed by \($0)" } ?? ""))
        }
        return lines
    }

    /// What this node does for others as a relay.
    private static func relayingLine(_ relaying: JSONValue) -> String {
        func number(_ name: String) -> Int64 { relaying[name]?.integer ?? 0 }
        return "\(number("circuits")) of \(number("circuitsMax")) circuits, for "
            + "\(number("places")) nodes; \(size(relaying["today"])) of "
            + "\(size(relaying["bytesPerDay"])) today"
    }

    /// What beacons on the local network come to.
    private static func lanLine(_ lan: JSONValue?) -> String {
        guard lan?["on"]?.bool == true else {
            return "no beacons: " + (lan?["why"]?.string ?? "")
        }
        let names = (lan?["interfaces"]?.array ?? []).map { interface in
            "\(interface["name"]?.string ?? "") (\(interface["address"]?.string ?? ""))"
        }
        let places = names.isEmpty ? "no interface yet" : names.joined(separator: ", ")
        return "beacons over \(places); \(lan?["sent"]?.integer ?? 0) sent, "
            + "\(lan?["heard"]?.integer ?? 0) heard"
            + (lan?["lastError"]?.string.map { "; last failure: \($0)" } ?? "")
    }

    /// What datagrams come to.
    private static func datagramLine(_ datagrams: JSONValue?) -> String {
        func number(_ name: String) -> String { "\(datagrams?[name]?.integer ?? 0)" }
        guard datagrams?["on"]?.bool == true else {
            return "no datagrams: " + (datagrams?["why"]?.string ?? "")
        }
        return "datagrams pass to \(number("live")) of \(number("paths")) neighbours; "
            + "\(number("sent")) sent, \(number("received")) received"
    }

    /// What layers hold, what they take, and what they may take.
    private static func diskLine(_ store: JSONValue?) -> String {
        let quota = store?["quota"]?.integer.map { ", of \(size(.integer($0))) allowed" } ?? ""
        return "\(size(store?["stored"])) taken by \(size(store?["plain"])) of contents" + quota
            + "; plasmid quota tells more"
    }

    private static func scrubLines(_ scrub: JSONValue?) -> [String] {
        let damaged = scrub?["damaged"]?.array?.count ?? 0
        var lines: [String] = []
        if damaged > 0 {
            lines.append("DAMAGED   \(damaged) layers lack something; see plasmid doctor")
        }
        guard let oldest = scrub?["oldest"]?.integer, scrub?["rate"]?.integer != 0 else {
            return lines
        }
        let seconds = (Int64(Clock.wallMilliseconds()) - oldest) / 1000
        return lines + ["checked   every byte within \(Ages.text(max(0, seconds)))"]
    }

    static func ticket(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let answer = try Access.open(report).ask("ticket")
        if answer["reach"]?.string == "hidden", answer["relays"]?.array?.isEmpty == true {
            report.note(
                "Only nodes of this network can use it so far: this one cannot be called from "
                    + "outside, and no relay is known yet.")
        }
        report.done(answer, text: [answer["ticket"]?.string ?? ""])
    }
}
