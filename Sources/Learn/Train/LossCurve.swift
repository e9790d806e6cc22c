import Genome

/// The losses of a run as a picture: SVG 1.1 with nothing from outside, legible on light and dark
/// grounds because it brings its own.
public enum LossCurve {
    /// One loss after so many steps.
    public typealias Point = (step: Int, loss: Double)

    private static let width = 720.0
    private static let height = 320.0
    private static let left = 56.0
    private static let right = 16.0
    private static let top = 34.0
    private static let bottom = 40.0
    /// Most points of a line: a run of a million steps is drawn by means of its neighbours.
    private static let pointsMax = 600
    /// Fewest points that are smoothed.
    private static let smoothedMin = 30

    /// The picture; `steps` must hold at least one point.
    public static func svg(title: String, steps: [Point], judged: [Point]) -> String {
        let thinned = thin(steps)
        let all = (thinned + judged).map(\.loss)
        var (low, high) = (all.min() ?? 0, all.max() ?? 1)
        if high - low < 1e-9 { (low, high) = (low - 0.5, high + 0.5) }
        let ticks = ticks(low, high)
        low = min(low, ticks.first ?? low)
        high = max(high, ticks.last ?? high)
        let last = Double(max((steps.last?.step ?? 0) + 1, judged.last?.step ?? 1))
        func x(_ step: Double) -> Double { left + step / last * (width - left - right) }
        func y(_ loss: Double) -> Double {
            top + (high - loss) / (high - low) * (height - top - bottom)
        }
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 320\" width=\"720\" "
                + "height=\"320\" font-family=\"sans-serif\" font-size=\"12\">",
            "<title>\(escaped(title))</title>",
            "<rect width=\"720\" height=\"320\" fill=\"#ffffff\"/>",
            "<text x=\"56\" y=\"20\" fill=\"#222222\">\(escaped(title)): loss in nats</text>",
        ]
        for tick in ticks {
            let place = text(y(tick))
            lines.append(
                "<path d=\"M56 \(place)H704\" stroke=\"#e2e2e2\"/><text x=\"50\" "
                    + "y=\"\(text(y(tick) + 4))\" text-anchor=\"end\" fill=\"#666666\">"
                    + "\(text(tick))</text>")
        }
        for part in 0...4 {
            let step = last * Double(part) / 4
            lines.append(
                "<text x=\"\(text(x(step)))\" y=\"300\" text-anchor=\"middle\" fill=\"#666666\">"
                    + "\(Int(step.rounded()))</text>")
        }
        lines.append(
            "<text x=\"380\" y=\"315\" text-anchor=\"middle\" fill=\"#666666\">steps</text>")
        func line(_ points: [Point], _ style: String) -> String {
            let places = points.map { "\(text(x(Double($0.step)))) \(text(y($0.loss)))" }
            return "<polyline fill=\"none\" \(style) points=\""
                + places.joined(separator: " ") + "\"/>"
        }
        // Single steps are noisy: the mean of neighbours shows the way.
        let isSmoothed = thinned.count >= smoothedMin
        lines.append(
            line(
                thinned,
                isSmoothed
                    ? "stroke=\"#a9c4e2\" stroke-width=\"1\""
                    : "stroke=\"#2563a8\" stroke-width=\"1.5\""))
        if isSmoothed {
            lines.append(line(smooth(thinned), "stroke=\"#2563a8\" stroke-width=\"2\""))
        }
        for point in judged {
            lines.append(
                "<circle cx=\"\(text(x(Double(point.step))))\" cy=\"\(text(y(point.loss)))\" "
                    + "r=\"3.5\" fill=\"#c2570c\"/>")
        }
        lines += legend(hasJudged: !judged.isEmpty) + ["</svg>", ""]
        return lines.joined(separator: "\n")
    }

    private static func legend(hasJudged: Bool) -> [String] {
        var lines = [
            "<path d=\"M540 16h18\" stroke=\"#2563a8\" stroke-width=\"2\"/>"
                + "<text x=\"563\" y=\"20\" fill=\"#222222\">learned</text>"
        ]
        if hasJudged {
            lines.append(
                "<circle cx=\"640\" cy=\"16\" r=\"3.5\" fill=\"#c2570c\"/>"
                    + "<text x=\"650\" y=\"20\" fill=\"#222222\">judged</text>")
        }
        return lines
    }

    /// Means of each point with as many before it as behind it, which come neither late nor early;
    /// at the ends with as many as there are.
    private static func smooth(_ points: [Point]) -> [Point] {
        let side = max(2, points.count / 50)
        return points.indices.map { place in
            let reach = min(side, place, points.count - 1 - place)
            let part = points[place - reach...place + reach]
            return (points[place].step, part.reduce(0) { $0 + $1.loss } / Double(part.count))
        }
    }

    /// Means of neighbours, so that there are at most `pointsMax`.
    private static func thin(_ points: [Point]) -> [Point] {
        guard points.count > pointsMax else { return points }
        let size = (points.count + pointsMax - 1) / pointsMax
        return stride(from: 0, to: points.count, by: size).map { first in
            let part = points[first..<min(first + size, points.count)]
            let loss = part.reduce(0) { $0 + $1.loss } / Double(part.count)
            return (part[part.startIndex + part.count / 2].step, loss)
        }
    }

    /// Four to eight round numbers from at most `low` to at least `high`.
    private static func ticks(_ low: Double, _ high: Double) -> [Double] {
        var step = 1e-12
        var factors = [2.0, 2.5, 2.0]
        while (high - low) / step > 6 {
            let factor = factors.removeFirst()
            factors.append(factor)
            step *= factor
        }
        let first = (low / step).rounded(.down)
        let last = (high / step).rounded(.up)
        guard last - first < 20 else { return [low, high] }
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }

    /// A number of at most four decimals.
    private static func text(_ value: Double) -> String {
        NumberText.decimal(of: (value * 1e4).rounded() / 1e4) ?? "0"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
    }
}
