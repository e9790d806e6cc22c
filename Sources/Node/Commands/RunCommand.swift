import Genome
import Host
import Store
import Swarm
import Wire

/// `plasmid run`: is a node until SIGINT or SIGTERM.
enum RunCommand {
    /// Where peers connect when nothing is said.
    static let defaultListen = "0.0.0.0:4747"

    static func perform(_ arguments: Arguments, _ report: Report) throws(Failure) {
        let signals: Signals
        do {
            signals = try Signals()
        } catch {
            throw Failure(.internal, "\(error)")
        }
        let options = try options(arguments, report)
        let path = Home.defaultPath()
        if !Home.exists(at: path) { report.note("making a new home at \(path)") }
        let local = try Access.service(path)
        let network = try NetworkFile.of(home: local.library.layout.home)
        let daemon = try Daemon(
            library: local.library, catalogue: local.catalogue, keys: local.keys,
            network: network, options: options)
        let service = Service(
            library: local.library, catalogue: local.catalogue, keys: local.keys, daemon: daemon)
        let socket = try inStore { () throws(StoreError) in
            try local.library.home.controlSocketPath()
        }
        let server = try ControlServer(path: socket, service: service)
        try server.start()
        announce(daemon, service, network, options, report)
        _ = try? signals.wait()
        report.note("stopping")
        server.stop()
        daemon.stop()
    }

    private static func options(
        _ arguments: Arguments, _ report: Report
    ) throws(Failure) -> Daemon.Options {
        if let http = arguments.text("http"), http != "off" {
            throw Failure(
                .unsupported, "--http \(http) is not built into this version",
                why: "the web face comes with a later version",
                remedy: "leave it out or say --http off")
        }
        let text = arguments.text("listen") ?? RunCommand.defaultListen
        guard let address = Address.resolve(text).first else {
            throw Failure(
                .usage, "--listen \(text) is not HOST:PORT",
                remedy: "for example --listen 0.0.0.0:4747 or --listen 127.0.0.1:0")
        }
        var options = Daemon.Options(listen: address) { line in
            Machine.write("plasmid: \(PlainText.shown(line))\n", to: 2)
        }
        options.isOnLan = !arguments.isGiven("no-lan")
        options.usesDatagrams = !arguments.isGiven("no-udp")
        options.isSeeding = !arguments.isGiven("no-seed")
        options.region = try region(arguments)
        options.relay = arguments.text("relay")
        _ = try options.relay.map { (text) throws(Failure) in try RelayOffer.read(text) }
        options.role = try arguments.choice("role", among: NodeRole.allCases.map(\.rawValue))
            .flatMap { NodeRole(rawValue: $0) }
        for path in arguments.texts("bootstrap") {
            options.bootstrap.append((path, try BootstrapCommand.text(of: path)))
        }
        for text in arguments.texts("bootstrap-key") {
            guard let key = NodeKey(base32: text) else {
                throw Failure(
                    .usage, "--bootstrap-key \(PlainText.shown(text)) is not a key",
                    why: "a key has 52 base32 digits")
            }
            options.bootstrapKeys.insert(key)
        }
        for target in arguments.texts("join") { options.join.append(try JoinTarget(target)) }
        return options
    }

    /// What is said of the region: nil for nothing, empty for none.
    private static func region(_ arguments: Arguments) throws(Failure) -> String? {
        guard let text = arguments.text("region") else { return nil }
        if text == "none" { return "" }
        guard !text.isEmpty, text.utf8.count <= Limits.regionBytesMax, PlainText.isPlain(text)
        else {
            throw Failure(
                .usage, "--region \(PlainText.shown(text)) makes no sense",
                why: "it must be plain text of at most \(Limits.regionBytesMax) bytes",
                remedy: "for example --region eu-central; --region none takes it back")
        }
        return text
    }

    private static func announce(
        _ daemon: Daemon, _ service: Service, _ network: NetworkFile,
        _ options: Daemon.Options, _ report: Report
    ) {
        var ready = JSONObject()
        ready["event"] = "ready"
        ready["node"] = .string(service.keys.node.publicKey.base32)
        ready["peer"] = .string(daemon.peerAddress.description)
        ready["http"] = .null
        ready["ticket"] = .string(daemon.ticket.text)
        ready["network"] = .string(network.name)
        let interfaces = daemon.lan.lane == nil ? [] : LanUse.interfaces(of: daemon.peerAddress)
        var lan = JSONObject()
        lan["on"] = .bool(daemon.lan.lane != nil)
        lan["interfaces"] = Service.interfaces(interfaces)
        ready["lan"] = .object(lan)
        ready["udp"] = daemon.datagrams.lane.map { .integer(Int64($0.port)) } ?? .null
        let leaving =
            options.isSeeding
            ? "fetched public layers that allow it are announced and served (--no-seed)"
            : "nothing that was fetched is announced or served"
        report.event(
            ready,
            text: [
                "This node is ready in the network \(network.name).",
                "  node    \(service.keys.node.publicKey.base32)",
                "  peers   \(daemon.peerAddress)",
                "  ticket  \(daemon.ticket.text)",
                "What leaves this machine unasked: \(leaving);",
                daemon.datagrams.words,
                daemon.lan.words(interfaces),
            ] + daemon.relayWords + [
                "On another machine: plasmid run --join TICKET. Ctrl-C ends this node."
            ])
    }
}
