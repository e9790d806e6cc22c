import Genome
import Host
import Learn

/// One line on a terminal that says how far a training has come. Pure: it is told the time and
/// gives the text.
struct TrainBar {
    private static let redrawSeconds = 0.1
    private static let barColumnsMax = 24
    /// Steps over which speed is averaged: one step is noise, all of them hide a change.
    private static let window = 20

    /// What is done, in one word.
    var label = "train"
    private var times: [(seconds: Double, tokens: Int)] = []
    private var lastDrawn: Double?

    /// Notes a step of `steps` and gives the text to write, if it is time for it.
    mutating func update(
        _ step: Observation.Step, of steps: Int, memory: UInt64?, at seconds: Double, width: Int
    ) -> String? {
        times.append((seconds, step.tokens))
        if times.count > Self.window { times.removeFirst() }
        let isLast = step.step + 1 == steps
        guard seconds - (lastDrawn ?? -1) >= Self.redrawSeconds || isLast else { return nil }
        lastDrawn = seconds
        return "\r\u{1b}[K" + line(step, of: steps, memory: memory, width: width)
    }

    /// What removes the line again; nil if nothing was drawn.
    func clear() -> String? { lastDrawn == nil ? nil : "\r\u{1b}[K" }

    /// `train [####....]  40 %  step 40/100  loss 2.314  812 tok/s  412 MB  0:17 left`.
    func line(_ step: Observation.Step, of steps: Int, memory: UInt64?, width: Int) -> String {
        let done = step.step + 1
        let share = steps > 0 ? min(1, Double(done) / Double(steps)) : 1
        let percent = TextWidth.padded("\(Int(share * 100))", to: 3, isRight: true)
        var tail = "\(percent) %  step \(done)/\(steps)  loss \(Self.loss(step.loss))"
        let milliseconds = step.milliseconds
        let speed = tokensPerSecond ?? Double(step.tokens) * 1_000 / max(milliseconds, 0.001)
        tail += "  \(Int(speed)) tok/s"
        if let memory { tail += "  \(Sizes.text(memory))" }
        if done < steps {
            let seconds = secondsPerStep ?? milliseconds / 1_000
            let left = min((Double(steps - done) * seconds).rounded(.up), 3_599_999)
            tail += "  \(Ages.clock(UInt64(left))) left"
        }
        let used = TextWidth.columns(tail) + TextWidth.columns(label) + 5
        let columns = min(Self.barColumnsMax, width - 1 - used)
        guard columns >= 4 else { return TextWidth.fitted("\(label)  " + tail, to: width - 1) }
        let filled = Int(share * Double(columns))
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: ".", count: columns - filled)
        return "\(label) [\(bar)]  \(tail)"
    }

    private var tokensPerSecond: Double? {
        guard let first = times.first, let last = times.last, last.seconds > first.seconds else {
            return nil
        }
        let tokens = times.dropFirst().reduce(0) { $0 + $1.tokens }
        return Double(tokens) / (last.seconds - first.seconds)
    }

    private var secondsPerStep: Double? {
        guard let first = times.first, let last = times.last, last.seconds > first.seconds else {
            return nil
        }
        return (last.seconds - first.seconds) / Double(times.count - 1)
    }

    /// Three digits behind the point: what a person compares.
    static func loss(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e6 else { return "\(value)" }
        let thousandths = Int((value.magnitude * 1_000).rounded())
        let rest = String(1_000 + thousandths % 1_000).dropFirst()
        return (value < 0 ? "-" : "") + "\(thousandths / 1_000).\(rest)"
    }
}

/// Draws the bar on stderr where a person sees it.
struct TrainDisplay {
    /// Whether a person sees it.
    let isTerminal: Bool
    private let terminal: Terminal
    private var bar = TrainBar()

    /// A display; silent if it is not to be shown.
    init(isShown: Bool, label: String = "train") {
        bar.label = label
        terminal = Terminal(descriptor: 2)
        isTerminal = isShown && terminal.isTerminal
    }

    /// Notes a step.
    mutating func update(_ step: Observation.Step, of steps: Int, memory: UInt64?) {
        guard isTerminal else { return }
        let seconds = Double(Clock.monotonic()) / 1e9
        if let text = bar.update(
            step, of: steps, memory: memory, at: seconds, width: terminal.columns)
        {
            Machine.write(text, to: 2)
        }
    }

    /// Removes the line.
    mutating func clear() {
        if isTerminal, let text = bar.clear() { Machine.write(text, to: 2) }
        let label = bar.label
        bar = TrainBar()
        bar.label = label
    }
}
