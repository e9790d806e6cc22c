import Foundation
import Swarm
import Wire

/// Mirrors that keep a number of copies alive while holders die and come back.
extension Scenario {
    static let mirrors: [Scenario] = [
        placing("mirrors-place-5", mirrors: 5, target: 3),
        placing("mirrors-place-20", mirrors: 20, target: 4),
        healing("mirrors-heal-5", mirrors: 5, target: 3, kills: 2),
        healing("mirrors-heal-10", mirrors: 10, target: 4, kills: 3),
        healing("mirrors-heal-20", mirrors: 20, target: 5, kills: 8),
        Scenario(
            name: "mirrors-publisher-dies",
            goal: "10 mirrors, 4 copies each of 4 layers, the publisher dies for good: one more "
                + "copy each, nothing else",
            isQuick: true
        ) { trial in
            let run = begin(trial, mirrors: 10, target: 4)
            let first = run.heal(within: 120)
            let before = run.begun
            run.world.crash(run.publisher)
            run.run(seconds: 5)
            let span = run.heal(within: 300)
            run.run(seconds: 60)
            let more = run.begun - before
            return run.outcome(
                "whole after \(words(first)) and \(words(span)), \(more) copies more",
                [
                    "whole": first != nil && span != nil && !run.isLost,
                    "few copies": more <= run.layers.count + 1 && run.most <= 5,
                ])
        },
        Scenario(
            name: "mirrors-short-absence",
            goal:
                "10 mirrors, holders are away for half the patience again and again: nothing moves",
            isQuick: true
        ) { trial in
            let run = begin(trial, mirrors: 10, target: 4)
            let first = run.heal(within: 120)
            run.run(seconds: 60)
            let before = run.begun
            for _ in run.world.rounds(8) {
                let away = run.kill(2)
                run.run(seconds: run.patience / 2)
                for node in away { run.restart(node) }
                run.run(seconds: run.patience / 2)
            }
            let more = run.begun - before
            return run.outcome(
                "\(more) copies moved",
                ["whole": first != nil && !run.isLost, "nothing moves": more == 0])
        },
        Scenario(
            name: "mirrors-return",
            goal: "10 mirrors, 3 holders return after others took their place: the surplus stays "
                + "for 24 times the patience, then goes",
            isQuick: true
        ) { trial in
            let run = begin(trial, mirrors: 10, target: 4, patience: 20)
            let first = run.heal(within: 120)
            let away = run.kill(3)
            run.run(seconds: 5)
            let span = run.heal(within: 200)
            for node in away { run.restart(node) }
            run.run(seconds: 120)
            let early = run.mostNow
            run.run(seconds: 20 * 26)
            let late = run.mostNow
            return run.outcome(
                "up to \(early) copies when they are back, \(late) later",
                [
                    "whole": first != nil && span != nil && run.isWhole && !run.isLost,
                    "the surplus stays": early > 4, "the surplus goes": late <= 5,
                ])
        },
    ]

    private static func begin(
        _ trial: Trial, mirrors: Int, target: Int, patience: UInt64 = 60
    ) -> SimulatedMirrors {
        guard
            let run = try? SimulatedMirrors(
                trial, mirrors: mirrors, target: target, patience: patience)
        else { preconditionFailure("a sample that is no layer") }
        return run
    }

    private static func words(_ span: Double?) -> String {
        span.map { String(format: "%.0f s", $0) } ?? "never"
    }

    private static func placing(_ name: String, mirrors: Int, target: Int) -> Scenario {
        Scenario(
            name: name,
            goal: "\(mirrors) mirrors of one publisher, 4 layers, \(target) copies each: all there "
                + "within 60 s, none too many, each moved once",
            isQuick: true
        ) { trial in
            let run = begin(trial, mirrors: mirrors, target: target)
            let span = run.heal(within: 60)
            run.run(seconds: 120)
            let wanted = run.layers.count * (target - 1)
            return run.outcome(
                "\(words(span)), at most \(run.most) copies, \(run.begun) moved of \(wanted)",
                [
                    "whole": span != nil, "none too many": run.most <= target + 1,
                    "each moves once": run.begun <= wanted + 1,
                ])
        }
    }

    private static func healing(
        _ name: String, mirrors: Int, target: Int, kills: Int
    ) -> Scenario {
        Scenario(
            name: name,
            goal: "\(mirrors) mirrors, \(target) copies each of 4 layers, the \(kills) that keep "
                + "most die at once: whole again within the patience and 60 s, at most one copy "
                + "too many, what was lost moved once",
            isQuick: true
        ) { trial in
            let run = begin(trial, mirrors: mirrors, target: target)
            let first = run.heal(within: 120)
            run.run(seconds: 30)
            let before = run.begun
            _ = run.kill(kills)
            let lost = run.layers.reduce(0) { $0 + max(0, target - run.keepers(of: $1).count) }
            run.run(seconds: 1)
            let span = run.heal(within: run.patience + 60)
            run.run(seconds: 120)
            let moved = run.begun - before
            return run.outcome(
                "\(words(span)), at most \(run.most) copies, \(moved) moved of \(lost) lost",
                [
                    "whole": first != nil && span != nil && !run.isLost,
                    "none too many": run.most <= target + 1, "each moves once": moved <= lost + 1,
                ])
        }
    }
}

extension SimulatedMirrors {
    /// What a scenario reports of it.
    func outcome(_ result: String, _ claims: Scenario.Claims) -> Scenario.Outcome {
        world.outcome(result, claims)
    }
}
