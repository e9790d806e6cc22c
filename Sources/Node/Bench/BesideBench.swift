import Genome
import Host
import Learn

/// Steps of a training alone and while this machine does something else, in turns, so that a
/// machine that changes its pace changes both.
struct BesideBench {
    /// Turns of each kind.
    private static let turns = 3
    /// Steps of a turn at least.
    private static let stepsMin = 3

    private let one: TrainBench.Case
    private let trainer: TimedTrainer
    private let seconds: Double

    /// A bench of a case with at least so many seconds of steps of each kind.
    init(_ one: TrainBench.Case, _ trainer: TimedTrainer, seconds: Double) {
        self.one = one
        self.trainer = trainer
        self.seconds = seconds
    }

    /// Steps while another process shares a large file again and again.
    func publish(megabytes: Int, _ report: Report) throws(Failure) -> [BenchRow] {
        let folder = try BenchFolder(megabytes: megabytes, report)
        report.note("sharing alone")
        let publisher = Publisher(file: folder.file, home: "\(folder.path)/home")
        let alone = try publisher.shareOnce()
        report.note("training alone and beside a share")
        let (quiet, loud) = try turns(publisher)
        return Self.publishRows(
            one, quiet: quiet, loud: loud, megabytes: megabytes, alone: alone,
            beside: BenchCommand.median(publisher.times))
    }

    /// Steps while a thread keeps the last core busy.
    func busy(_ report: Report) throws(Failure) -> [BenchRow] {
        report.note("training alone and with one core busy")
        let (quiet, loud) = try turns(BusyCore())
        let free = one.count / BenchCommand.median(quiet)
        let rate = one.count / BenchCommand.median(loud)
        return [
            BenchRow(
                name: "train \(one.text), one core busy", figure: rate, unit: "tok/s",
                against: "all cores free, \(Decimals.text(free, 1)) tok/s; goal 0.55",
                ratio: rate / free)
        ]
    }

    /// Seconds of steps alone and beside something.
    private func turns(
        _ neighbour: any Neighbour
    ) throws(Failure) -> (quiet: [Double], loud: [Double]) {
        var quiet: [Double] = []
        var loud: [Double] = []
        let part = seconds / Double(Self.turns)
        _ = try trainer.step()
        for _ in 0..<Self.turns {
            quiet += try trainer.steps(atLeast: Self.stepsMin, seconds: part)
            try neighbour.start()
            do throws(Failure) {
                loud += try trainer.steps(atLeast: Self.stepsMin, seconds: part)
            } catch {
                try? neighbour.stop()
                throw error
            }
            try neighbour.stop()
        }
        return (quiet, loud)
    }

    /// The rows of a training beside a share.
    static func publishRows(
        _ one: TrainBench.Case, quiet: [Double], loud: [Double], megabytes: Int, alone: Double,
        beside: Double
    ) -> [BenchRow] {
        func row(_ name: String, _ figure: ([Double]) -> Double) -> BenchRow {
            let (before, after) = (figure(quiet), figure(loud))
            return BenchRow(
                name: "step \(name) with a publish running, \(one.text)", figure: after * 1_000,
                unit: "ms",
                against: "\(quiet.count) steps without, \(Decimals.text(before * 1_000, 1)) ms",
                ratio: after / before)
        }
        return [
            row("p99", BenchCommand.percentile99), row("median", BenchCommand.median),
            BenchRow(
                name: "share of \(megabytes) MiB beside training", figure: beside, unit: "s",
                against: "alone, \(Decimals.text(alone, 2)) s", ratio: beside / alone),
        ]
    }
}
