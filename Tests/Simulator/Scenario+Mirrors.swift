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
        ) { seed in
            let run = begin(seed, mirrors: 10, target: 4)
            let first = run.heal(within: 120)
            let before = run.begun
            run.world.crash(run.publisher)
            run.run(seconds: 5)
            let span = run.heal(within: 300)
            run.run(seconds: 60)
            let more = run.begun - before
            return run.outcome(
                "whole after \(words(first)) and \(words(span)), \(more) copies more",
                isReached: first != nil && span != nil && more <= run.layers.count + 1
                    && !run.isLost && run.most <= 5)
        },
        Scenario(
            name: "mirrors-short-absence",
            goal:
                "10 mirrors, holders are away for half the patience again and again: nothing moves",
            isQuick: true
        ) { seed in
            let run = begin(seed, mirrors: 10, target: 4)
            let first = run.heal(within: 120)
            run.run(seconds: 60)
            let before = run.begun
            for _ in 0..<8 {
                let away = run.kill(2)
                run.run(seconds: run.patience / 2)
                for node in away { run.restart(node) }
                run.run(seconds: run.patience / 2)
            }
            let more = run.begun - before
            return run.outcome(
                "\(more) copies moved", isReached: first != nil && more == 0 && !run.isLost)
        },
        Scenario(
            name: "mirrors-return",
            goal: "10 mirrors, 3 holders return after others took their place: the surplus stays "
                + "for 24 times the patience, then goes",
            isQuick: true
        ) { seed in
            let run = begin(seed, mirrors: 10, target: 4, patience: 20)
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
                isReached: first != nil && span != nil && early > 4 && late <= 5 && run.isWhole
                    && !run.isLost)
        },
    ]

    private static func begin(
        _ seed: UInt64, mirrors: Int, target: Int, patience: UInt64 = 60
    ) -> SimulatedMirrors {
        guard
            let run = try? SimulatedMirrors(
                seed: seed, mirrors: mirrors, target: target, patience: patience)
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
        ) { seed in
            let run = begin(seed, mirrors: mirrors, target: target)
            let span = run.heal(within: 60)
            run.run(seconds: 120)
            let wanted = run.layers.count * (target - 1)
            return run.outcome(
                "\(words(span)), at most \(run.most) copies, \(run.begun) moved of \(wanted)",
                isReached: span != nil && run.most <= target + 1 && run.begun <= wanted + 1)
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
        ) { seed in
            let run = begin(seed, mirrors: mirrors, target: target)
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
                isReached: first != nil && span != nil && run.most <= target + 1
                    && moved <= lost + 1 && !run.isLost)
        }
    }
}

extension SimulatedMirrors {
    /// What a scenario reports of it.
    func outcome(_ result: String, isReached: Bool) -> Scenario.Outcome {
        Scenario.Outcome(
            result: result, isReached: isReached, nodes: world.nodes.count,
            seconds: world.now / 1_000_000_000,
            messages: world.traffic.values.reduce(0) { $0 + $1.messages },
            bytes: world.traffic.values.reduce(0) { $0 + $1.bytes }, trace: world.trace.words.0)
    }
}
