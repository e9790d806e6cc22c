import Genome
import Host
import Store

/// A command's way to a home: through the node that runs on it, or by opening it itself.
struct Access {
    private enum Way {
        case node(ControlChannel)
        case home(Service)
    }

    private let way: Way
    /// The home folder.
    let home: String

    /// Whether a node answers.
    var isNode: Bool {
        if case .node = way { return true }
        return false
    }

    /// Reaches the home. A missing one is made when `makes` is true, and the report says so.
    static func open(makes: Bool = false, _ report: Report) throws(Failure) -> Access {
        let home = Home.defaultPath()
        let isThere = Home.exists(at: home)
        if isThere, let channel = try control(home) {
            return Access(way: .node(channel), home: home)
        }
        guard isThere || makes else { throw Failure(StoreError.noHome(path: home)) }
        if !isThere { report.note("making a new home at \(home)") }
        let service = try service(home)
        if let notice = service.library.journal.notice { report.note(notice) }
        return Access(way: .home(service), home: home)
    }

    private static func control(_ home: String) throws(Failure) -> ControlChannel? {
        let path = try inStore { () throws(StoreError) in try ControlSocket.path(home: home) }
        return ControlChannel.connect(path)
    }

    /// The service of a home that no other process has open.
    static func service(_ path: String) throws(Failure) -> Service {
        try inStore { () throws(StoreError) in
            let home =
                Home.exists(at: path) ? try Home.open(at: path) : try Home.create(at: path)
            let keys = try Keys.open(in: home)
            let library = try Library(home, key: keys.node)
            let catalogue = try Catalogue(home.layout)
            return Service(library: library, catalogue: catalogue, keys: keys, daemon: nil)
        }
    }

    /// Asks for a verb, showing progress to a person.
    func ask(
        _ verb: String, _ arguments: JSONObject = JSONObject(), files: [File] = [],
        showing label: String? = nil
    ) throws(Failure) -> JSONObject {
        let request = ServiceRequest(verb: verb, arguments: arguments, files: files)
        var display = ProgressDisplay(label: label)
        defer { display.clear() }
        switch way {
        case .node(let channel):
            return try channel.ask(request) { display.update($0) }
        case .home(let service):
            let answer = try service.answer(request) { display.update($0) }
            // What the verb changed is durable; unsigned, its end is signed at the next opening.
            try? service.library.close()
            return answer
        }
    }
}

/// The way to a home, opened when a layer is first named: plain folders need none.
final class LazyAccess {
    private let report: Report
    private var opened: Access?
    /// What is going to be done with the layers that are named; nil where they are only looked at.
    let use: LayerUse?

    init(_ report: Report, for use: LayerUse? = nil) {
        self.report = report
        self.use = use
    }

    init(_ access: Access, _ report: Report, for use: LayerUse? = nil) {
        self.report = report
        self.use = use
        opened = access
    }

    /// Lets the home go, so that others can open it while this command computes.
    func release() { opened = nil }

    /// The way, for which another command is waited that has the home open for so long.
    func get(waiting seconds: UInt64) throws(Failure) -> Access {
        let end = Clock.monotonic() + seconds * 1_000_000_000
        while true {
            do throws(Failure) {
                return try get()
            } catch {
                guard error.code == .busy, Clock.monotonic() < end else { throw error }
                Semaphore().wait(milliseconds: 250)
            }
        }
    }

    /// The way, opened once.
    func get() throws(Failure) -> Access {
        if let opened { return opened }
        let access = try Access.open(report)
        opened = access
        return access
    }
}

/// Draws a progress bar on stderr where a person sees it.
struct ProgressDisplay {
    private let label: String
    private let terminal: Terminal
    private var bar: ProgressBar?
    private let isShown: Bool
    private var pause: String?

    /// A display for something called `label`; silent when that is nil.
    init(label: String?) {
        self.label = label ?? ""
        isShown = label != nil
        terminal =
            label == nil
            ? Terminal(isTerminal: false, columns: Terminal.columnsDefault)
            : Terminal(descriptor: 2)
    }

    private var seconds: Double { Double(Clock.monotonic()) / 1e9 }

    /// Takes a step of `done` of `total` bytes; one that waits says why, once for each reason.
    mutating func update(_ step: JSONObject) {
        let reason = step["pause"]?.string
        defer { pause = reason }
        if isShown, let reason, reason != pause {
            clear()
            Machine.write("\(label) waits: \(reason)\n", to: 2)
        }
        guard terminal.isTerminal, reason == nil, let done = step["done"]?.integer,
            let total = step["total"]?.integer, total > 0
        else { return }
        if bar == nil {
            bar = ProgressBar(
                label: label, totalBytes: UInt64(total), reusedBytes: UInt64(done), at: seconds)
        }
        let (now, width) = (seconds, terminal.columns)
        let sources = step["sources"]?.integer.map { Int($0) }
        if let text = bar?.update(
            doneBytes: UInt64(done), sources: sources, at: now, width: width)
        {
            Machine.write(text, to: 2)
        }
    }

    /// Removes the bar.
    mutating func clear() {
        if let text = bar?.clear() { Machine.write(text, to: 2) }
        bar = nil
    }
}
